"""What no browser sends by itself: for every field of every step."""

NUL = "a\0b"
MEGABYTE = "é" * 1_000_000
HUGE = "9" * 30
# More digits than Python reads as a number.
ENDLESS = "9" * 5_000
JUST_TOO_LARGE = str(2**63)
HALF_CHARACTER = "\ud83d".encode("utf-8", "surrogatepass")
SCRIPT = "<script>alert(1)</script>"

# Made up by hand, in place of a key of the database or of a number.
NOT_A_KEY = [NUL, "-1", "0", HUGE, ENDLESS, JUST_TOO_LARGE, "1.5", "٣", "²", "1e3", "NaN", "x", SCRIPT]
