"""Reports of any kind: what they are made of, how they are drawn as a web page or a Word document, and how their figures are worded."""
