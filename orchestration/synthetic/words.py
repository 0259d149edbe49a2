"""Word lists made-up children are put together from: common names, codes, invented addresses."""

# fmt: off
FORENAMES_M = (
    "Adam", "Ahmed", "Alfie", "Amir", "Arlo", "Ben", "Caleb", "Daniel", "Dylan", "Elias",
    "Ethan", "Finn", "Gabriel", "Hamza", "Harry", "Hugo", "Ibrahim", "Idris", "Isaac", "Jacob",
    "Jamal", "Jude", "Kai", "Karim", "Leo", "Liam", "Luca", "Malik", "Mateo", "Max", "Mohammed",
    "Musa", "Nathan", "Noah", "Omar", "Oscar", "Otis", "Rafael", "Ravi", "Reuben", "Rohan",
    "Samuel", "Theo", "Tobi", "Tomasz", "Yusuf", "Zac", "Zayn",
)

FORENAMES_F = (
    "Aaliyah", "Abigail", "Aisha", "Alice", "Amara", "Amelia", "Amina", "Anna", "Aria", "Ava",
    "Beatrice", "Chloe", "Clara", "Daisy", "Ella", "Elif", "Emily", "Esme", "Eva", "Fatima",
    "Florence", "Freya", "Grace", "Hana", "Hannah", "Iman", "Isla", "Ivy", "Jasmine", "Khadija",
    "Layla", "Leila", "Lily", "Maya", "Mia", "Maryam", "Mila", "Nadia", "Nora", "Olivia",
    "Priya", "Rosa", "Ruby", "Safiya", "Sara", "Sofia", "Thandi", "Zara",
)

# with the names careless readers break: Hernandez, Null, O'Brien, Smith-Jones
SURNAMES = (
    "Abdi", "Adeyemi", "Ahmed", "Ali", "Allen", "Anderson", "Baker", "Begum", "Bello", "Brown",
    "Campbell", "Chowdhury", "Clarke", "Cohen", "Collins", "Costa", "Davies", "Diallo",
    "Edwards", "Evans", "Fernandes", "Foster", "Garcia", "Green", "Haddad", "Hall", "Harris",
    "Hassan", "Hernandez", "Hussain", "Islam", "Jackson", "James", "Johnson", "Jones", "Kaya",
    "Khan", "King", "Kowalski", "Lee", "Levy", "Lewis", "Lopez", "Mahmoud", "Martin", "Mensah",
    "Miah", "Miller", "Mohamed", "Moore", "Nguyen", "Novak", "Null", "Nunn", "O'Brien",
    "O'Connor", "Okafor", "Osman", "Owusu", "Parker", "Patel", "Phillips", "Popescu", "Rahman",
    "Roberts", "Robinson", "Rossi", "Saleh", "Santos", "Scott", "Shah", "Singh", "Smith",
    "Smith-Jones", "Taylor", "Thomas", "Uddin", "Walker", "Warsame", "White", "Williams",
    "Wilson", "Wright", "Yilmaz", "Young", "Zhang",
)

ETHNIC = (*"ABCDEFGHJKLMNPRSZ", "99")
ETHNIC_WEIGHTS = (26, 2, 16, 3, 2, 3, 4, 3, 1, 9, 4, 2, 10, 2, 2, 5, 4, 2)
LANGUAGES = ("en", "bn", "so", "ar", "fr", "es", "pt", "pl", "sq", "tr")
LANGUAGE_WEIGHTS = (70, 8, 6, 5, 2, 2, 2, 2, 1, 2)

DISTRICTS = ("NW1", "NW2", "NW3", "NW5", "NW6", "NW8", "N1", "N6", "N7", "N19", "W9", "NW10")
# fmt: on

POSTCODES = tuple(f"{d} {n}ZZ" for d in DISTRICTS for n in range(10))
"""Plausible districts with an inward code no street has."""
FORENAMES = min(len(FORENAMES_M), len(FORENAMES_F))
