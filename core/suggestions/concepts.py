"""What stores speak of, and the words it goes by, in Russian and in English.

A customer is told «выдержит 120 кг» where the description has «нагрузка до 120 кг», «привезём» where
the terms have «доставка», or the whole in another language: each line is one thing.
"""

from functools import lru_cache

from core.knowledge.stems import stem

_CONCEPTS = """
доставка доставить доставим доставляем shipping ship привезти привезем привозим довезем довозим везем возим отвезем курьер delivery deliver courier bring
отправка отправить отправим отправляем отсылаем вышлем высылаем выслать шлем посылка отправление shipping ship dispatch send parcel post
самовывоз забрать заберете забираете забирать получить получение выдача pickup collect collection
вывоз вывезти вывезем забрать заберем увезем увезти haul
хранение хранить храним хранится держать держим подержим лежать лежит ждать ждем ждет полежит дождется storage store keep hold
резерв бронь забронировать отложить отложим придержим reserve reservation hold keep booking
возврат вернуть вернем вернете возвращаем возвращаются назад обратно сдать принимаем отказ отказаться refund return back
обмен обменять обменяем поменять поменяем менять меняем заменить заменим замена exchange replace replacement swap change
гарантия гарантийный гарантируем warranty guarantee cover covered
оплата оплатить оплачивать платить заплатить платеж рассчитаться payment pay paid
предоплата предоплатить аванс задаток вперед заранее prepayment advance upfront deposit
залог депозит deposit
рассрочка кредит частями долями installment instalment credit
перевод зачисление зачислим зачисляется поступить поступят дойти дойдут прийти придут приходят transfer arrive
срок время длительность продолжительность длится занять займет занимает идти идет уходит duration time last take
изготовление изготовить изготовим делать сделать сделаем делаем производство шить сшить готов готово готовность готовы production make made ready
ремонт ремонтировать отремонтируем чинить починить починим починка repair fix mend
сборка собрать соберем собираем сборщик assembly assemble
установка установить установим монтаж смонтируем поставить поставим ставить ставим подключение подключить повесить повесим навеска installation install mounting mount fitting fit
демонтаж демонтировать снять снимем снятие разобрать разборка remove removal dismantle
замер замерить замерщик измерить обмерить measure measurement
выезд вызов выехать приехать приедет приезжает visit call
мастер специалист инженер техник specialist technician engineer
диагностика осмотр осмотреть проверка проверить проверяем тест diagnostics inspection inspect check exam
консультация подбор подобрать совет посоветовать advice advise consultation
подъем поднять поднимем поднимаем занос занести занесем этаж lift carry floor
упаковка упаковать упакуем коробка короб пачка packaging package packing pack box
обрешетка обрешетить каркас crate crating
страховка страхование застраховать страхуем insurance insure
скидка скинуть скинем сбросить дешевле уступить уступим discount cheaper off
наценка доплата доплатить надбавка плюс сверх сверху прибавится добавляется ещё дороже surcharge extra additional plus
штраф пеня неустойка удержать удержим удерживаем вычесть вычтем fine penalty withhold deduct
минимум минимальный наименьший минимально minimum min least
максимум максимальный предел предельный лимит наибольший maximum max limit most
бесплатно бесплатный даром безвозмездно free complimentary
подарок подарить подарим дарим подарочный gift present
баллы балл бонус бонусный кешбэк points bonus cashback
сертификат купон ваучер voucher certificate coupon
комиссия сбор fee commission charge
налог ндс tax vat
опт оптовый оптом партия wholesale bulk
заказ заказать оформить покупка купить приобрести order purchase buy checkout
сумма чек стоимость total amount sum
аренда арендовать прокат напрокат rent rental hire
запись записаться запишем записываем appointment book booking
отмена отменить отменяем отменим cancel cancellation
перенос перенести перенесем reschedule move
опоздание опоздать опоздаете задержка задержаться просрочка просрочить late delay overdue
повреждение поврежден брак бракованный дефект недостаток поломка сломаться сломалось неисправность damage damaged defect defective fault faulty broken broke
подписка абонемент членство subscription membership
урок занятие тренировка lesson class session workout
курс обучение обучать обучить учить training course teach
работать работаем открыт открыты открыто открываемся режим график расписание opening hours open schedule
закрыт закрыты закрываемся закрытие close closed closing
перерыв обед break lunch
выходной выходные суббота воскресенье weekend saturday sunday
будни будний будням рабочие понедельник weekday monday
сегодня today same
завтра назавтра следующий tomorrow next
ночь ночью ночной night overnight
утро утром утренний morning
вечер вечером вечерний evening
каждый ежедневно ежедневный ежемесячно ежемесячный ежегодно daily monthly weekly yearly every
первый сначала первоначальный начальный first initial initially
последний крайний last latest
повторный повторно снова второй again repeat second
постоянный регулярный regular loyal
новый новинка new
детский ребенок ребенку детям дети малыш kid kids child children
взрослый взрослые adult adults
возраст старше младше age aged old
человек люди персона гость посетитель пассажир участник people person guest seat passenger player
пенсионер пенсионный пожилой senior pensioner
студент студенческий школьник student
вес весить весит масса тяжелый weight weigh weighs mass heavy
нагрузка грузоподъемность выдержать выдерживает выдержит держит берет потянет рассчитан load payload carry support withstand hold
высота высокий выше height high tall
рост ростовка height tall
ширина широкий шире width wide
длина длинный длиннее length long
глубина глубокий depth deep
толщина толстый тонкий thickness thick thin
диаметр сечение поперечник diameter across
размер габарит габариты габаритный dimension dimensions size measures measure
объем вместимость емкость вместить вмещает вместит литраж входит войдет поместить поместится помещается влезает влезет capacity volume hold holds fits contain
площадь помещение комната квадрат area room space
расстояние промежуток интервал между зазор distance gap spacing between apart
температура греть греет нагрев нагревает нагреть нагреватель тепло temperature heat heats heater warm
мороз морозный холод зима зимний минус frost cold winter freeze
охлаждение охлаждать охлаждает cooling cool
мощность мощный power output wattage
напряжение вольт voltage volt
ток ампер current amp
шум шумит шумный громкость громкий тихий гудит noise noisy loud quiet sound
скорость быстрый быстро разгон разгоняется speed fast quick
давление напор pressure
расход расходовать потребление потреблять потребляет тратит уходить уходит consumption consume use uses
производительность выдавать выдает throughput output performance
автономность автономный автономно батарея аккумулятор заряд акб battery runtime
зарядка зарядить заряжать заряжается зарядится charge charging recharge
экран дисплей диагональ screen display diagonal
память накопитель хранилище memory storage
оперативный озу ram
кабель провод шнур cable cord wire lead
ткань обивка материал fabric upholstery cloth material
цвет расцветка оттенок color colour shade
ресурс прослужить прослужит служить служит служба срок life lifespan lifetime serve lasts
годность годен годный свежий свежесть expiry expire expiration shelf fresh
вскрытие вскрытый вскрыть открытый открыть открытия opened open opening
приготовление готовить приготовить варить варится заваривать заварить cook cooking brew steep boil
порция порционный serving portion
доза дозировка принимать прием таблетка капсула dose dosage take tablet capsule
концентрация крепость содержание содержать содержит состав доля concentration content contain contains strength
наносить нанести намазать применять применение использовать использование apply application use
комплект набор включает включен входит комплектация kit set include included includes
деталь элемент запчасть part piece component
пробег проехать проехал накатать mileage driven
город городской черте city town
регион область межгород россия region country
пригород загород suburb outside
вода водяной water
мыть мойка помыть вымыть мытье wash cleaning
стирка стирать постирать wash laundry
чистка чистить почистить почистим clean cleaning
покраска красить покрасить окраска paint painting dye
резка резать раскрой распил cut cutting
пошив шить сшить ушить подшить sew sewing tailor hem
стрижка стричь подстричь haircut trim grooming
количество число штук quantity number
полка полочка shelf
ящик ящичек drawer
дверь дверца створка door
карман кармашек отделение pocket compartment
колесо колесико wheel
двигатель мотор движок engine motor
насос помпа pump
стекло стеклянный glass
основание подставка ножка опора base stand leg foot
крышка крышечка lid cover
крепление крепеж кронштейн mount bracket fastening
срочно срочный срочность экспресс ускоренный urgent express rush priority
обычный стандартный стандартно обычно стандарт regular standard usual normal
полный полностью целиком full fully whole complete
половина пополам half
остаток остальной оставшийся rest remaining balance remainder
доступ вход войти access entry entrance
стоянка парковка припарковать parking park
пешком идти ходьба walk walking
расстояние километраж distance
точность погрешность accuracy precision tolerance
увеличение зум кратность zoom magnification
разрешение четкость resolution
частота герцовка refresh frequency
угол наклон градус angle tilt
плотность густой density
сезон сезонный season seasonal
урожай плодоношение плоды плодоносит harvest yield fruit crop
посадка сажать посадить высаживать высадить plant planting
полив поливать поливайте watering
корм кормить кормление feed feeding food
сон спальный спать bed sleeping sleep
сиденье сидеть посадочный seat seating sit
письмо почта mail email letter
инструкция руководство памятка manual guide instruction
документ паспорт удостоверение document passport id
фото фотография снимок photo picture
проверка пробный проба попробовать тестовый trial sample try
""".replace("ё", "е")


@lru_cache(maxsize=1)
def _concepts() -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = {}
    for number, line in enumerate(_CONCEPTS.strip().splitlines()):
        for word in line.split():
            found.setdefault(stem(word), set()).add(number)
    return {one: frozenset(numbers) for one, numbers in found.items()}


def concepts_of(root: str) -> frozenset[int]:
    """What a stem may be a word for."""
    return _concepts().get(root, frozenset())
