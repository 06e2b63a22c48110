"""The stryktips as rules: coupons, crosses, the course of a session, scoring, agreement.

Pure: no database and no page, and no files but the coupon's and those that ``report`` writes.
"""
