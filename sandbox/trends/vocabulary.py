"""The words of which trends are made that the videos of the world do not have. No real ones."""

SCRIPTS: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (
        ("quiet", "paper", "velvet", "sunday", "tiny", "neon", "slow", "cloud", "lemon", "midnight", "rusty", "silver"),
        ("kettle", "ladder", "corner", "season", "harbour", "receipt", "signal", "walk", "shelf", "parade", "window"),
    ),
    (
        ("caf\u00e9", "lluvia", "ma\u00f1ana", "noche", "sue\u00f1o", "camino", "verano", "abuela"),
        ("lento", "dulce", "azul", "feliz", "nuevo", "perdido", "f\u00e1cil", "loco"),
    ),
    (
        ("gr\u00fcne", "stra\u00dfen", "k\u00fcchen", "winter", "kleine", "bl\u00e4tter", "morgen", "regen"),
        ("zeit", "gl\u00fcck", "m\u00e4rkte", "tage", "spa\u00df", "reise", "lieder"),
    ),
    (
        ("\u7d19\u306e", "\u9752\u3044", "\u590f\u306e", "\u5c0f\u3055\u306a", "\u591c\u306e", "\u3086\u308b\u3044"),
        ("\u732b", "\u6563\u6b69", "\u55ab\u8336\u5e97", "\u97f3\u697d", "\u53f0\u6240", "\u5199\u771f"),
    ),
    (
        ("\u6625\u5929", "\u5468\u672b", "\u96e8\u5929", "\u5c0f\u57ce", "\u665a\u5b89", "\u590f\u65e5"),
        ("\u8bb0\u5f55", "\u6311\u6218", "\u65e5\u8bb0", "\u5496\u5561", "\u6563\u6b65", "\u7f8e\u98df"),
    ),
    (
        ("\uc791\uc740", "\ube44\uc624\ub294", "\uc8fc\ub9d0", "\ubd04\ub0a0", "\ub290\ub9b0", "\ubc24"),
        ("\uc0b0\ucc45", "\uc77c\uae30", "\uce74\ud398", "\ub178\ub798", "\uc694\ub9ac", "\ucc4c\ub9b0\uc9c0"),
    ),
    (
        ("\u0644\u064a\u0644\u0629_", "\u0642\u0647\u0648\u0629_", "\u0635\u0628\u0627\u062d_", "\u0645\u0637\u0631_"),
        ("\u0647\u0627\u062f\u0626\u0629", "\u062c\u0645\u064a\u0644", "\u062c\u062f\u064a\u062f",
         "\u0628\u0639\u064a\u062f"),
    ),
    (
        ("\u0442\u0438\u0445\u0438\u0439", "\u043b\u0435\u0442\u043d\u0438\u0439", "\u043d\u043e\u0432\u044b\u0439",
         "\u043c\u0430\u043b\u044b\u0439"),
        ("\u0432\u0435\u0447\u0435\u0440", "\u0434\u043e\u043c", "\u0433\u043e\u0440\u043e\u0434",
         "\u0440\u0435\u0446\u0435\u043f\u0442"),
    ),
    (
        ("\u0e27\u0e31\u0e19\u0e1d\u0e19", "\u0e40\u0e0a\u0e49\u0e32", "\u0e1a\u0e49\u0e32\u0e19"),
        ("\u0e2a\u0e1a\u0e32\u0e22", "\u0e43\u0e2b\u0e21\u0e48", "\u0e40\u0e25\u0e47\u0e01"),
    ),
    (
        ("\u092c\u093e\u0930\u093f\u0936", "\u0938\u0941\u092c\u0939", "\u091a\u093e\u092f"),
        ("\u0935\u093e\u0932\u0940", "\u0915\u0939\u093e\u0928\u0940", "\u0917\u0940\u0924"),
    ),
)  # fmt: skip
"""First and second parts of made-up hashtags, per script; any first goes with any second of its script."""
ENDINGS = ("", "check", "week", "2026")
KEYWORDS = (
    "{}", "{} for beginners", "best {}", "{} at home", "easy {}", "{} ideas", "why {}", "{} near me", "cheap {}",
    "new {}", "{} in 5 minutes", "my first {}", "{} hacks", "{} vs the rest", "how to {}", "{} starter kit",
)  # fmt: skip
TITLES = (
    "{} (sped up)",
    "{}",
    "{} at midnight",
    "no more {}",
    "{} remix",
    "the {} song",
    "{} interlude",
    "original {}",
)
VIDEO_LABELS = {
    11_001: "Beauty & Care", 11_002: "Food & Drink", 11_003: "Travel", 11_004: "Sports", 11_005: "Pets",
    11_006: "Comedy", 11_007: "Music & Dance", 11_008: "Education", 11_009: "Tech", 11_010: "Home", 11_011: "Fashion",
    11_012: "Games",
}  # fmt: skip
GENRES = ("POP", "HIP_HOP", "ELECTRONIC", "ROCK", "LATIN", "JAZZ", "LO_FI")
