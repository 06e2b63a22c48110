"""The lock opens to its password alone and takes no pass but its own."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from classifier.ui.lock import PASS_SECONDS, PASSWORD_VARIABLE, Lock, configured_lock, has_password, lock_for

PASSWORD = "surströmming på tisdag"
LOCK = lock_for(PASSWORD)
NOW = 1_800_000_000.5
ANYTHING = st.text(st.characters(), max_size=80)


def test_lock_opens_to_its_password() -> None:
    assert LOCK.opens(PASSWORD)


@given(ANYTHING)
def test_lock_opens_to_nothing_else(given_password: str) -> None:
    assert LOCK.opens(given_password) == (given_password == PASSWORD)


@given(st.integers(0, PASS_SECONDS - 1))
def test_lock_takes_its_pass_for_twelve_hours(later: int) -> None:
    assert LOCK.takes(LOCK.new_pass(NOW), NOW + later)


@given(st.integers(PASS_SECONDS, 10**12))
def test_lock_takes_no_pass_that_has_ended(later: int) -> None:
    assert not LOCK.takes(LOCK.new_pass(NOW), NOW + later)


@given(ANYTHING | st.from_regex(r"[0-9]{1,12}\.[0-9a-f]{64}", fullmatch=True) | st.from_regex(r"[0-9]{5000}\..*", fullmatch=True))
def test_lock_takes_no_pass_of_somebody_else(value: str) -> None:
    assume(value != LOCK.new_pass(NOW))
    assert not LOCK.takes(value, NOW)


@given(st.data())
def test_lock_takes_no_pass_that_was_changed(data: st.DataObject) -> None:
    made = LOCK.new_pass(NOW)
    at = data.draw(st.integers(0, len(made) - 1))
    changed = made[:at] + data.draw(st.characters().filter(lambda character: character != made[at])) + made[at + 1 :]
    assert not LOCK.takes(changed, NOW)
    assert not LOCK.takes(made[:at], NOW)
    assert not LOCK.takes(made + changed[at], NOW)


def test_lock_of_another_password_takes_no_pass() -> None:
    assert not lock_for("ett annat").takes(LOCK.new_pass(NOW), NOW)


def test_lock_of_the_same_password_takes_the_pass_after_a_restart() -> None:
    lock_for.cache_clear()
    again = lock_for(PASSWORD)
    assert again is not LOCK
    assert again.takes(LOCK.new_pass(NOW), NOW)


def test_lock_shows_no_secret() -> None:
    assert repr(LOCK) == "Lock()"
    assert LOCK.key.hex() not in LOCK.new_pass(NOW)


@pytest.mark.parametrize("value", [None, "", " ", "\t\n"])
def test_lock_blank_password_is_none(monkeypatch: pytest.MonkeyPatch, value: str | None) -> None:
    monkeypatch.delenv(PASSWORD_VARIABLE, raising=False)
    if value is not None:
        monkeypatch.setenv(PASSWORD_VARIABLE, value)
    assert not has_password()
    assert configured_lock() is None


@pytest.mark.parametrize("password", ["å", " med mellanslag ", "\udcff ingen text", "x" * 5_000])
def test_lock_any_password_can_be_set(monkeypatch: pytest.MonkeyPatch, password: str) -> None:
    monkeypatch.setenv(PASSWORD_VARIABLE, password)
    lock = configured_lock()
    assert isinstance(lock, Lock)
    assert lock.takes(lock.new_pass(NOW), NOW)
    assert lock.opens(password) == ("\udcff" not in password)  # a form sends text, and this is none
