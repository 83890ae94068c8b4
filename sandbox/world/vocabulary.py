"""The words of which handles, captions, comments and sounds are made. No real people."""

TOPICS: dict[str, tuple[str, ...]] = {
    "cooking": ("recipe", "pasta", "baking", "dinner", "kitchen", "vegan", "bread", "soup"),
    "dance": ("dance", "choreo", "ballet", "hiphop", "trend", "moves", "studio", "salsa"),
    "comedy": ("funny", "joke", "prank", "sketch", "pov", "relatable", "office", "standup"),
    "pets": ("cats", "dogs", "puppy", "kitten", "rescue", "parrot", "hamster", "pets"),
    "sport": ("football", "running", "gym", "workout", "basketball", "climbing", "yoga", "cycling"),
    "travel": ("travel", "beach", "mountains", "roadtrip", "hostel", "citybreak", "island", "train"),
    "news": ("news", "climate", "election", "economy", "protest", "city", "parliament", "debate"),
    "science": ("science", "space", "physics", "chemistry", "biology", "math", "ocean", "fossil"),
    "beauty": ("makeup", "skincare", "hair", "nails", "tutorial", "glow", "perfume", "ootd"),
    "gaming": ("gaming", "speedrun", "minigame", "stream", "retro", "console", "puzzle", "esports"),
    "music": ("cover", "guitar", "piano", "singing", "remix", "vinyl", "choir", "drums"),
    "books": ("books", "reading", "poetry", "library", "novel", "fantasy", "bookclub", "author"),
}
TAG_SUFFIXES = ("", "", "", "tok", "life", "daily", "lover", "tips", "2024", "challenge")
GENERAL_TAGS = ("fyp", "foryou", "viral", "foryoupage", "xyzbca", "parati", "\u30d5\u30a1\u30a4\u30d7", "\U0001f525")
OPENINGS = (
    "my favourite {} so far",
    "wait for the {}",
    "POV: {} on a monday",
    "how i learned {} in a week",
    "nobody talks about {}",
    "{} but make it easy",
    "day 12 of {}",
    "three things about {} you did not know",
    "{} \u2728",
    "is it just me or is {} different now",
    "trying {} for the first time \U0001f605",
    "answering your questions on {}",
    "{} con mi abuela \u2764\ufe0f",
    "das beste {} der stadt",
    "",
)
TRANSCRIPTS = (
    "so today i want to show you how {} works",
    "okay listen this {} thing changed everything for me",
    "hi everyone welcome back let's talk about {}",
    "i was not ready for this {} at all",
)
COMMENTS = (
    "so cute",
    "who is here before it goes viral",
    "\U0001f602\U0001f602\U0001f602",
    "",
    "first",
    "need part two please",
    "this made my day",
    "where is this?",
    "i tried it and it works",
    "the sound is everything",
    "no way",
    "\u2764\ufe0f",
    "me irl",
    "asi es la vida",
    "can you do a tutorial",
)
PII_COMMENTS = (
    "call me at 0612345{:03d}89",
    "write to hello{}@example.org please",
    "my order number was 48151623{:02d}",
)
FIRST_PARTS = (
    "mika", "lena", "nova", "juno", "koda", "remy", "sol", "tavi", "zuri", "echo", "fern", "indie", "luma", "olo",
    "pixie", "rio", "suki", "tango", "umi", "vega", "wren", "yara", "bento", "cleo", "dash", "ember",
)  # fmt: skip
SECOND_PARTS = (
    "cooks", "dances", "laughs", "paws", "runs", "roams", "reports", "explains", "glows", "plays", "sings", "reads",
    "lab", "daily", "world", "studio", "club", "corner", "files", "vibes",
)  # fmt: skip
REGIONS = (
    ("US", 0.30), ("GB", 0.07), ("BR", 0.07), ("MX", 0.06), ("ID", 0.06), ("DE", 0.05), ("FR", 0.05), ("IT", 0.04),
    ("ES", 0.04), ("PL", 0.03), ("TR", 0.03), ("PH", 0.03), ("VN", 0.03), ("JP", 0.02), ("NL", 0.02), ("SE", 0.02),
    ("RO", 0.02), ("GR", 0.01), ("CZ", 0.01), ("AU", 0.01), ("NG", 0.01), ("AR", 0.01), ("CA", 0.01),
)  # fmt: skip
STICKERS = ("caption", "countdown", "question", "poll", "wow", "arrow")
EFFECTS = ("green_screen", "vhs_look", "time_warp", "big_eyes", "sparkle", "cartoon")
