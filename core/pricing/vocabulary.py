"""Words that may leave the house: parts, makes and models, as customers type them.

A query is made of these, of codes and of years, and of nothing else: what is not known to be a
part of a car may be a part of a person.
"""

import re

from core.ports.prices import Condition

# What the market calls it, by how it begins in a customer's words; the first that fits is meant.
PARTS: dict[str, tuple[str, ...]] = {
    "АКПП": ("акпп", "автоматическ коробк", "коробк автомат", "коробк-автомат", "automatic trans"),
    "МКПП": ("мкпп", "механическ коробк", "коробк механик", "manual trans", "manual gearbox"),
    "Вариатор": ("вариатор", "cvt"),
    "DSG": ("dsg", "дсг"),
    "Коробка-робот": ("робот", "powershift", "павершифт"),
    "Раздаточная коробка": ("раздатк", "раздаточн", "transfer case"),
    "Гидротрансформатор": ("гидротрансформ", "бублик", "torque converter"),
    "Гидроблок АКПП": ("гидроблок", "valve body", "мехатроник"),
    "Коробка передач": ("коробк", "кпп", "трансмисс", "gearbox", "transmission"),
    "Блок управления двигателем": ("эбу", "блок управлен", "ecu"),
    "Двигатель": ("двигател", "мотор", "двс", "engine"),
    "Редуктор": ("редуктор", "differential"),
    "Турбина": ("турбин", "турбокомпресс", "turbo"),
    "Генератор": ("генератор", "alternator"),
    "Стартер": ("стартер", "starter"),
    "Компрессор кондиционера": ("компрессор",),
    "Рулевая рейка": ("рулев рейк", "рейк рулев", "рейк", "steering rack"),
    "Радиатор": ("радиатор", "radiator"),
    "Амортизатор": ("амортизатор", "стойк", "shock absorber"),
    "Ступица": ("ступиц", "wheel hub"),
    "Суппорт": ("суппорт", "caliper"),
    "Катализатор": ("катализатор", "catalytic"),
    "Топливный насос": ("бензонасос", "топливн насос", "тнвд", "fuel pump"),
    "Форсунка": ("форсунк", "injector"),
    "Сцепление": ("сцеплен", "clutch"),
    "Фара": ("фара$", "фары$", "фару$", "фар", "headlight"),
    "Фонарь": ("фонар", "taillight", "tail light"),
    "Бампер": ("бампер", "bumper"),
    "Капот": ("капот", "hood"),
    "Крыло": ("крыло", "крыла", "крылья", "fender"),
    "Дверь": ("двер", "door"),
    "Зеркало": ("зеркал", "mirror"),
    "Крышка багажника": ("крышк багажник", "trunk lid", "tailgate"),
    "Лобовое стекло": ("лобов", "windshield"),
    "Диски колёсные": ("диски", "дисков", "wheels"),
}

# Which side: said after the part where the customer says it.
SIDES: dict[str, tuple[str, ...]] = {
    "перед.": ("передн", "front"),
    "зад.": ("задн", "rear"),
    "лев.": ("лева", "левы", "леву", "лево", "left"),
    "прав.": ("права", "правы", "праву", "правое", "right"),
}
_SIDED = frozenset({"Фара", "Фонарь", "Бампер", "Крыло", "Дверь", "Зеркало", "Амортизатор",
                    "Суппорт", "Ступица", "Редуктор"})  # fmt: skip

CONDITIONS: dict[Condition, tuple[str, ...]] = {
    Condition.CONTRACT: ("контракт", "contract"),
    Condition.NEW: ("новая", "новый", "новую", "новое", "новые", "новой", "new"),
    Condition.USED: ("б/у", "бу", "б.у", "бэу", "used", "подержан", "с разбор", "с пробегом"),
}

# The name for all spellings of it: a beginning in Cyrillic, or the word itself.
CARS: dict[str, tuple[str, ...]] = {
    "Toyota": ("toyota", "тойот"), "Lexus": ("lexus", "лексус"), "Nissan": ("nissan", "нисан", "ниссан"),
    "Infiniti": ("infiniti", "инфинити"), "Honda": ("honda", "хонд"), "Mazda": ("mazda", "мазд"),
    "Mitsubishi": ("mitsubishi", "митсуб", "мицуб"), "Subaru": ("subaru", "субару"),
    "Suzuki": ("suzuki", "сузуки"), "Hyundai": ("hyundai", "хендай", "хундай", "хёндай", "хендэ", "хюндай"),
    "Kia": ("kia", "киа"), "Daewoo": ("daewoo", "дэу", "деу"), "Chevrolet": ("chevrolet", "шевроле"),
    "Ford": ("ford", "форд"), "Opel": ("opel", "опел"), "Renault": ("renault", "рено$"),
    "Peugeot": ("peugeot", "пежо"), "Citroen": ("citroen", "ситроен"),
    "Volkswagen": ("volkswagen", "vw", "фольксваген", "вольксваген"), "Skoda": ("skoda", "шкод"),
    "Audi": ("audi", "ауди"), "BMW": ("bmw", "бмв"), "Mercedes": ("mercedes", "мерседес"),
    "Porsche": ("porsche", "порш"), "Volvo": ("volvo", "вольво"), "Jeep": ("jeep", "джип$", "джипа$"),
    "Land Rover": ("land rover", "ленд ровер", "лендровер"), "Geely": ("geely", "джили"),
    "Chery": ("chery", "чери"), "Haval": ("haval", "хавал", "хавейл"), "Lada": ("lada", "лада", "лады", "ладу", "ваз"),
    "UAZ": ("uaz", "уаз"), "GAZ": ("газель", "gazelle"), "SsangYong": ("ssangyong", "санг йонг", "саньенг"),
    "Camry": ("camry", "камр"), "Corolla": ("corolla", "корол"), "RAV4": ("rav4", "рав4", "rav 4", "рав 4"),
    "Land Cruiser Prado": ("prado", "прадо"), "Land Cruiser": ("land cruiser", "ленд крузер", "крузак", "лэнд крузер"),
    "Highlander": ("highlander", "хайлендер"), "Yaris": ("yaris", "ярис"), "Avensis": ("avensis", "авенсис"),
    "Mark II": ("mark ii", "марк 2", "mark 2"), "Hilux": ("hilux", "хайлюкс", "хайлакс"),
    "X-Trail": ("x-trail", "xtrail", "икстрейл", "икс-трейл", "х-трейл"), "Qashqai": ("qashqai", "кашка"),
    "Teana": ("teana", "теан"), "Almera": ("almera", "альмер"), "Murano": ("murano", "муран"),
    "Juke": ("juke", "жук"), "Note": ("nissan note", "ноут$"), "Tiida": ("tiida", "тиид"),
    "Pathfinder": ("pathfinder", "патфайндер"), "Patrol": ("patrol", "патрол"),
    "Accord": ("accord", "аккорд"), "Civic": ("civic", "цивик", "сивик"), "CR-V": ("cr-v", "crv", "црв", "срв"),
    "CX-5": ("cx-5", "cx5"), "Mazda 3": ("mazda 3", "мазда 3", "мазду 3"), "Mazda 6": ("mazda 6", "мазда 6", "мазду 6"),
    "Outlander": ("outlander", "аутлендер"), "Lancer": ("lancer", "лансер"), "Pajero": ("pajero", "паджер"),
    "ASX": ("asx",), "Forester": ("forester", "форестер"), "Impreza": ("impreza", "импрез"),
    "Outback": ("outback", "аутбек", "аутбэк"), "Solaris": ("solaris", "солярис"), "Accent": ("accent", "акцент"),
    "Elantra": ("elantra", "элантр"), "Sonata": ("sonata", "соната", "сонату", "сонаты"),
    "Tucson": ("tucson", "туксон", "туссан"), "Santa Fe": ("santa fe", "санта фе"), "Creta": ("creta", "крета", "крету"),
    "Rio": ("rio", "рио"), "Ceed": ("ceed", "cee'd", "сид"), "Cerato": ("cerato", "церато", "серато"),
    "Sportage": ("sportage", "спортейдж"), "Sorento": ("sorento", "соренто"), "Optima": ("optima", "оптима", "оптиму"),
    "Nexia": ("nexia", "нексия", "нексию"), "Matiz": ("matiz", "матиз"), "Cruze": ("cruze", "круз$"),
    "Lacetti": ("lacetti", "лачетти"), "Aveo": ("aveo", "авео"), "Captiva": ("captiva", "каптив"),
    "Focus": ("focus", "фокус"), "Mondeo": ("mondeo", "мондео"), "Kuga": ("kuga", "куга", "кугу"),
    "Fusion": ("fusion", "фьюжн"), "Astra": ("astra", "астра", "астру", "астры"), "Corsa": ("corsa", "корса"),
    "Insignia": ("insignia", "инсигни"), "Vectra": ("vectra", "вектра"), "Logan": ("logan", "логан"),
    "Duster": ("duster", "дастер"), "Sandero": ("sandero", "сандеро"), "Megane": ("megane", "меган"),
    "Fluence": ("fluence", "флюенс"), "Kaptur": ("kaptur", "каптюр"), "Polo": ("polo", "поло$"),
    "Golf": ("golf", "гольф"), "Passat": ("passat", "пассат"), "Jetta": ("jetta", "джетт"),
    "Tiguan": ("tiguan", "тигуан"), "Touareg": ("touareg", "туарег"), "Touran": ("touran", "туран"),
    "Octavia": ("octavia", "октави"), "Rapid": ("rapid", "рапид"), "Superb": ("superb", "суперб"),
    "Yeti": ("yeti", "йети"), "Kodiaq": ("kodiaq", "кодиак"), "Vesta": ("vesta", "веста", "весту", "весты"),
    "Granta": ("granta", "гранта", "гранту", "гранты"), "Priora": ("priora", "приора", "приору", "приоры"),
    "Kalina": ("kalina", "калина", "калину", "калины"), "Largus": ("largus", "ларгус"), "Niva": ("niva", "нива", "ниву", "нивы"),
}  # fmt: skip
_PATTERN_OF_LATIN = r"(?<![a-z0-9]){}(?![a-z])"
_PATTERN_OF_CYRILLIC = r"(?<![а-яё]){}"
_WHOLE_UP_TO = 3  # a short Cyrillic beginning would begin too much: «сид», «рио», «жук»
_WHOLE = "$"  # and some longer ones: «круз» is not «крузер»


def _pattern(spelling: str) -> re.Pattern[str]:
    """A Latin word whole, a Cyrillic one by its beginning; between words there may be more."""
    whole = spelling.endswith(_WHOLE) or len(spelling) <= _WHOLE_UP_TO
    spelling = spelling.removesuffix(_WHOLE)
    words = [re.escape(word) for word in spelling.split()]
    if re.search(r"[a-z]", spelling):
        return re.compile(_PATTERN_OF_LATIN.format(r"\s+".join(words)))
    body = r"[а-яё]*[\s-]+".join(words)
    ending = r"(?![а-яё])" if whole else ""
    return re.compile(_PATTERN_OF_CYRILLIC.format(body) + ending)


_PARTS = {name: [_pattern(s) for s in spellings] for name, spellings in PARTS.items()}
_CARS = {name: [_pattern(s) for s in spellings] for name, spellings in CARS.items()}
_SIDES = {name: [_pattern(s) for s in spellings] for name, spellings in SIDES.items()}
_CONDITIONS = {name: [_pattern(s) for s in spellings] for name, spellings in CONDITIONS.items()}


def part_in(text: str) -> str:
    """The part a text names, with its side if it has sides; empty if none. `text` is casefolded."""
    for name, patterns in _PARTS.items():
        if any(pattern.search(text) for pattern in patterns):
            sides = [s for s, those in _SIDES.items() if any(p.search(text) for p in those)]
            return " ".join([name, *sides]) if name in _SIDED else name
    return ""


def car_in(text: str) -> tuple[str, int]:
    """Make and model, and where the words of them end; empty and -1 if there are none."""
    named: dict[str, int] = {}
    for name, patterns in _CARS.items():
        ends = [match.end() for pattern in patterns for match in pattern.finditer(text)]
        # «Land Cruiser Prado», «Mazda 6»: the longer name says the shorter one.
        if ends and not any(other.startswith(f"{name} ") for other in named):
            named[name] = max(ends)
    longest = [n for n in named if not any(o != n and o.startswith(f"{n} ") for o in named)]
    return " ".join(longest[:2]), max((named[n] for n in longest[:2]), default=-1)


def condition_in(text: str) -> Condition:
    for condition, patterns in _CONDITIONS.items():
        if any(pattern.search(text) for pattern in patterns):
            return condition
    return Condition.UNKNOWN
