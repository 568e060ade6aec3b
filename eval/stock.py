"""The stock of the store that is searched: every part of every car, each with its own number.

Made from tables written by hand. Neighbouring numbers differ by a digit or by a last letter, as
real ones do.
"""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Car:
    key: str
    name: str
    body: str
    years: str
    engine: str
    code: str  # of this car in part numbers
    box: str
    box_name: str


@dataclass(frozen=True, slots=True)
class Part:
    key: str
    name: str
    says: str
    code: str
    price: int


@dataclass(frozen=True, slots=True)
class Good:
    """`key` is `part:car`, by which questions name what they want."""

    key: str
    name: str
    sku: str
    text: str
    price: int


CARS = (
    Car("camry40", "Toyota Camry 40", "V40", "2006–2011", "2AZ-FE 2.4", "33", "U250E", "АКПП"),
    Car("camry50", "Toyota Camry 50", "V50", "2011–2018", "2AR-FE 2.5", "06", "U760E", "АКПП"),
    Car("corolla150", "Toyota Corolla 150", "E150", "2006–2013", "1ZR-FE 1.6", "12", "K313", "Вариатор"),
    Car("rav4", "Toyota RAV4", "ACA31", "2005–2012", "1AZ-FE 2.0", "42", "U140F", "АКПП"),
    Car("xtrail", "Nissan X-Trail T31", "T31", "2007–2014", "MR20DE 2.0", "JG", "JF011E", "Вариатор"),
    Car("qashqai", "Nissan Qashqai J10", "J10", "2006–2013", "HR16DE 1.6", "JD", "JF015E", "Вариатор"),
    Car("teana", "Nissan Teana J32", "J32", "2008–2014", "VQ25DE 2.5", "JN", "JF016E", "Вариатор"),
    Car("solaris", "Hyundai Solaris", "RB", "2010–2017", "G4FC 1.6", "4L", "A4CF1", "АКПП"),
    Car("rio", "Kia Rio 3", "QB", "2011–2017", "G4FA 1.4", "4Y", "A4CF2", "АКПП"),
    Car("sportage", "Kia Sportage 3", "SL", "2010–2015", "G4KD 2.0", "3W", "A6MF1", "АКПП"),
    Car("octavia", "Skoda Octavia A5", "1Z", "2004–2013", "BSE 1.6", "1Z", "DQ200", "DSG"),
    Car("passat", "Volkswagen Passat B6", "3C", "2005–2010", "BVY 2.0", "3C", "09G", "АКПП"),
    Car("focus2", "Ford Focus 2", "CB4", "2005–2011", "HWDA 1.6", "CB", "4F27E", "АКПП"),
    Car("logan", "Renault Logan", "LS0", "2004–2015", "K7M 1.6", "LG", "JH3", "МКПП"),
    Car("lancer", "Mitsubishi Lancer 10", "CY", "2007–2015", "4B11 2.0", "CY", "F1CJA", "Вариатор"),
    Car("crv", "Honda CR-V 3", "RE", "2006–2012", "K24A 2.4", "SW", "MZHA", "АКПП"),
)  # fmt: skip

PARTS = (
    Part("engine", "Двигатель {engine}", "Контрактный двигатель (мотор) без навесного, компрессия ровная.", "19000", 64000),
    Part("box", "{box_name} {box}", "Контрактная коробка передач с проверкой на стенде, без пробега по РФ.", "30500", 47000),
    Part("starter", "Стартер", "Проверен под нагрузкой, бендикс живой, 1,4 кВт.", "28100", 4300),
    Part("generator", "Генератор", "Заряжает 14,2 В, щётки целые, 100 А.", "27060", 5200),
    Part("compressor", "Компрессор кондиционера", "Муфта рабочая, давление держит.", "88320", 8700),
    Part("ps-pump", "Насос гидроусилителя руля", "Насос ГУР, не гудит, без течи.", "44310", 4100),
    Part("rack", "Рулевая рейка", "Рейка без люфта и подтёков, с тягами.", "44200", 11800),
    Part("radiator", "Радиатор охлаждения", "Опрессован, соты чистые, под автомат.", "16400", 6400),
    Part("heater", "Радиатор печки", "Радиатор отопителя салона, не течёт.", "87107", 2600),
    Part("throttle", "Дроссельная заслонка", "Электронная, с датчиком положения, чистая.", "22030", 3900),
    Part("ecu", "Блок управления двигателем", "ЭБУ (мозги), привязка под ваш ключ нужна.", "89661", 7500),
    Part("abs", "Блок ABS", "Гидроблок антиблокировочной системы, без ошибок.", "44540", 6900),
    Part("headlight-l", "Фара левая", "Галоген, стекло без трещин, крепления целы.", "81170", 8500),
    Part("headlight-r", "Фара правая", "Галоген, одно ухо паяное, стекло чистое.", "81130", 7900),
    Part("lamp-l", "Фонарь задний левый", "Стоп-сигнал в крыло, без сколов.", "81560", 3800),
    Part("lamp-r", "Фонарь задний правый", "Стоп-сигнал в крыло, мелкая царапина.", "81550", 3600),
    Part("fog", "Фара противотуманная", "ПТФ передняя, подходит на обе стороны.", "81210", 1900),
    Part("bumper-f", "Бампер передний", "Под противотуманки, крепления целы, под покраску.", "52119", 8900),
    Part("bumper-r", "Бампер задний", "Без вмятин, отверстия под парктроники.", "52159", 8200),
    Part("hood", "Капот", "Ровный, без ржавчины, с шумоизоляцией.", "53301", 15000),
    Part("fender-l", "Крыло переднее левое", "Без шпаклёвки, под покраску.", "53812", 5800),
    Part("fender-r", "Крыло переднее правое", "Без шпаклёвки, родная краска.", "53811", 6000),
    Part("door-fl", "Дверь передняя левая", "Водительская, в сборе со стеклом и стеклоподъёмником.", "67002", 13500),
    Part("door-fr", "Дверь передняя правая", "Пассажирская, в сборе, мелкие царапины.", "67001", 12000),
    Part("door-rl", "Дверь задняя левая", "Голая, замок на месте.", "67004", 9500),
    Part("door-rr", "Дверь задняя правая", "В сборе, со стеклом.", "67003", 9800),
    Part("trunk", "Крышка багажника", "С замком и обшивкой, без спойлера.", "64401", 11000),
    Part("mirror-l", "Зеркало левое", "С обогревом и электроприводом, 5 контактов.", "87940", 5200),
    Part("mirror-r", "Зеркало правое", "С обогревом и повторителем, 7 контактов.", "87910", 5500),
    Part("windscreen", "Стекло лобовое", "Без сколов, с местом под датчик дождя.", "56101", 7000),
    Part("shock-f", "Амортизатор передний", "Стойка в сборе с пружиной, держит.", "48510", 3200),
    Part("shock-r", "Амортизатор задний", "Без подтёков, пара с одной машины.", "48530", 2700),
    Part("arm", "Рычаг передней подвески", "Нижний, сайлентблоки целые, шаровая без люфта.", "48068", 3400),
    Part("hub", "Ступица задняя", "С подшипником, не шумит, с датчиком ABS.", "42450", 3000),
    Part("caliper", "Суппорт тормозной передний", "Поршень ходит, направляющие смазаны.", "47730", 2900),
    Part("pump-fuel", "Топливный насос", "Бензонасос в сборе с датчиком уровня.", "77020", 3700),
    Part("airbag", "Подушка безопасности водителя", "Airbag в руль, целая, с кольцом.", "45130", 9000),
    Part("wheels", "Диски литые R16", "Комплект литья, 4 штуки, без сварки.", "42611", 18000),
)  # fmt: skip


def stock() -> Iterator[Good]:
    for row, car in enumerate(CARS):
        for part in PARTS:
            name = part.name.format(engine=car.engine, box=car.box, box_name=car.box_name)
            sku = f"{part.code}-{car.code}{(row * 7 + 21) % 90 + 10:02d}{'ABCD'[row % 4]}"
            text = f"{part.says} На {car.name} {car.body} {car.years}, двигатель {car.engine}."
            price = part.price + row * 150
            yield Good(f"{part.key}:{car.key}", f"{name} {car.name}", sku, text, price)
