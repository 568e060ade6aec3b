"""Names people spell as they hear them, and words they use for one another.

Each line is one thing. What is read the same in both alphabets («камри» and Camry) is found by its
sound and is not listed.
"""

from functools import lru_cache

from core.knowledge.stems import stem
from core.knowledge.words import terms_of

# Makes, models and devices: any of them means the first as surely as the first itself.
NAMES = """
toyota тойота тоета таета тоёта тойоту
lexus лексус
mercedes мерседес мерс мерин мерсик мерсед benz бенц
bmw бмв бэха беха бумер бэмвэ
volkswagen фольксваген фольцваген вольксваген фолькс фольц vw фв
audi ауди авдюха
skoda шкода шкода
hyundai хендай хундай хюндай хендэ хёндай хёндэ хундаи хендаи
kia киа кия
nissan ниссан нисан
mitsubishi мицубиси митсубиси мицубиши митсубиши митсубис мицуба
honda хонда
mazda мазда
subaru субару субарик
suzuki сузуки
chevrolet шевроле шеви шевролет
renault рено реношка
peugeot пежо
citroen ситроен ситроён цитроен
ford форд
opel опель
volvo вольво
lada лада ваз жигули автоваз
uaz уаз уазик
gaz газ газель
landrover лендровер лэндровер ландровер
porsche порше порш
chery чери черри
haval хавал хавейл
geely джили гили
exeed эксид
changan чанган
infiniti инфинити
daewoo дэу деу дэо
ssangyong санг санйонг ссангйонг
camry камри камрюха кэмри
corolla королла корола
rav4 рав4 раф4 рафик равчик
landcruiser ландкрузер лендкрузер крузак крузер
prado прадо прадик
xtrail икстрейл хтрейл экстрейл икстреил ихтрейл
qashqai кашкай кашкаи
juke жук джук
tiguan тигуан
polo поло
passat пассат пасат
jetta джетта жетта
golf гольф
octavia октавия октаха
rapid рапид
duster дастер дустер
logan логан
sandero сандеро
solaris солярис соларис салярис
creta крета
tucson туссан туксон тусан
sportage спортейдж спортаж спортейж
sorento соренто
cerato церато серато
ceed сид cеед
accent акцент
elantra элантра
outlander аутлендер аутлэндер аутландер
pajero паджеро паджерик
lancer лансер ланцер
lacetti лачетти лачети
cruze круз
focus фокус фокусник
mondeo мондео
transit транзит
vesta веста
granta гранта
niva нива
iphone айфон афон
samsung самсунг самсунк
xiaomi сяоми ксиоми ксяоми шаоми сиоми
huawei хуавей хуавэй
apple эпл эппл
bosch бош
wifi вайфай
bluetooth блютуз блютус
android андроид
whatsapp ватсап вацап вотсап
telegram телеграм телега тг
usb юсб
crv срв црв
abs абс
40 сорок сороковка сороковая сороковой
50 пятидесятка пятидесятая полтинник
"""

# What a customer says for what a store writes; weaker than the word itself.
LIKE = """
акпп автомат коробка трансмиссия transmission gearbox
мкпп механика
вариатор cvt
двигатель мотор движок двс engine
аккумулятор акб батарея
кондиционер кондей кондея кондер кондиционера
генератор гена
амортизатор стойка
фара оптика headlight
дверь дверка дверца
водительский левый
пассажирский правый
эбу мозги блок
колесо диск
покрышка шина резина
доставка привезти привезете довезти отправка отправить пересылка выслать шлете шлёте доставить
самовывоз забрать
возврат вернуть вернете отказаться
обмен поменять обменять заменить замена
оплата оплатить платить заплатить расплатиться
рассрочка кредит частями
цена стоимость прайс ценник
скидка дешевле уступить уступите торг скинуть скинете
гарантия гарантийный
адрес находиться находитесь расположен расположены проехать добраться
график режим работать часы открыты открыто
номер телефон позвонить
наличие склад
контрактный бу
ремонт починить отремонтировать чинить
сломаться поломка неисправность сломался сломалась
установка поставить установить монтаж
проверка проверить тест
наличка наличные нал кэш
безнал безналичный
пароль парольчик
аккаунт профиль учетка
удалить снести стереть
включить активировать подключить
выключить отключить деактивировать
вход войти залогиниться авторизация зайти
регистрация зарегистрироваться
ошибка сбой глюк баг
подписка абонемент
получить забрать
заказ покупка
посылка отправление
магазин салон
ноутбук ноут лэптоп laptop
телефон смартфон мобильник
телевизор телик тв
холодильник холодос
наушники уши
sofa couch диван
tv television
fridge refrigerator
price cost
shipping delivery
return refund
"""


def names_of(word: str) -> tuple[str, ...]:
    """The groups a word as it was typed belongs to, each by the word it stands for."""
    return _names().get(word) or _names().get(stem(word), ())


def likes_of(root: str) -> tuple[str, ...]:
    return _likes().get(root, ())


@lru_cache(maxsize=512)
def members(group: str) -> tuple[str, ...]:
    """The terms of all words of a group."""
    lines = (NAMES if group[0] == "n" else LIKE).replace("ё", "е").strip().splitlines()
    words = lines[int(group[1:])].split()
    return tuple(dict.fromkeys(term for word in words for term in terms_of(word)))


@lru_cache(maxsize=1)
def _names() -> dict[str, tuple[str, ...]]:
    return _groups("n", NAMES, whole=True)


@lru_cache(maxsize=1)
def _likes() -> dict[str, tuple[str, ...]]:
    return _groups("l", LIKE, whole=False)


def _groups(mark: str, lines: str, *, whole: bool) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for number, line in enumerate(lines.replace("ё", "е").strip().splitlines()):
        words = line.split()
        for key in {*map(stem, words), *(words if whole else ())}:
            found[key] = (*found.get(key, ()), f"{mark}{number}")
    return found
