"""Which countries, periods and industries each surface knows; what is not here is refused."""

_CURRENT = "US FR DE IT ES GB AR AU BR CA CO EG ID IL JP KR MY MX PH SA SG ZA TW TH TR AE VN"
_SOUNDS = (
    "AR AU AT BH BD BY BE BR BG KH CA CL CO HR CZ DK EG EE FI FR DE GR HU IS ID IQ IE IL IT JP JO KZ KW LV LB LT LU MO"
    " MY MX MA MM NL NZ NG NO OM PK PE PH PL PT QA RO SA SG SK ZA KR ES SE CH TW TH TR UA AE GB US UZ VN"
)
_VIDEOS = "AU BR CA EG FR DE ID IT JP MY MX PH PL RU SA SG KR ES SE TH TR AE GB US VN"
_CREATORS = "AU BR CA EG FR DE ID IL IT JP MY PH RU SA SG KR ES TW TH TR AE GB US VN"
CURRENT_COUNTRIES = frozenset(_CURRENT.split())
SOUND_COUNTRIES = frozenset(_SOUNDS.split())
"""The longest list of countries; legacy hashtags and keywords have it too."""
VIDEO_COUNTRIES = frozenset(_VIDEOS.split())
CREATOR_COUNTRIES = frozenset(_CREATORS.split())

CURRENT_INDUSTRIES = frozenset(number * 10**9 for number in (*range(10, 26), 27, 28, 29))
LEGACY_INDUSTRIES = frozenset(number * 10**9 for number in (*range(10, 16), *range(17, 20), *range(21, 30)))

CURRENT_PERIODS = frozenset({7, 30, 90, 120})
LEGACY_PERIODS = frozenset({7, 30, 120})
LEGACY_VIDEO_PERIODS = frozenset({7, 30})
BUSINESS_HASHTAG_PERIODS = {"1DAY": 1, "7DAY": 7, "30DAY": 30, "120DAY": 120}
BUSINESS_SOUND_PERIODS = {"1DAY": 1, "7DAY": 7, "30DAY": 30, "90DAY": 90}

COUNTRY_NAMES = {
    "US": "United States", "GB": "United Kingdom", "DE": "Germany", "FR": "France", "BR": "Brazil", "JP": "Japan",
    "ID": "Indonesia", "MX": "Mexico", "IT": "Italy", "ES": "Spain", "TR": "Turkey", "VN": "Vietnam",
}  # fmt: skip
"""How the legacy lists write a country; one without a name here is written by its code."""
