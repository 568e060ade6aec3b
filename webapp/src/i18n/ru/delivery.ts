import { plural } from "../plural";

const count = (n: number) => n.toLocaleString("ru-RU");
const replies = (n: number) =>
  `${count(n)} ${plural("ru", n, { one: "ответ", few: "ответа", other: "ответов" })}`;

export const delivery = {
  queueLead: "Ответы клиентам на пути в мессенджер.",
  show: {
    open: "В пути",
    late: "Опаздывают",
    in_doubt: "Под вопросом",
    parked: "Не ушли",
    done: "Завершённые",
  } as Readonly<Record<string, string>>,
  showLabel: "Какие ответы показать",
  depth: "Сейчас",
  waiting: "В пути",
  late: "Опаздывают",
  inDoubt: "Под вопросом",
  parked: "Не ушли",
  many: (n: string) => `${n}+`,
  held: (n: number) => `Канал выключен или не подключён, ждёт его: ${replies(n)}.`,
  oldest: (time: string) => `Самый старый ждёт ${time} сверх срока.`,
  outcomes: "За сутки",
  outcomeSent: "Ушло",
  outcomeRejected: "Отказано",
  outcomeUnsure: "Неизвестно",
  outcomeParked: "Не ушло",
  outcomeCancelled: "Отменено",
  latenessText: (p50: string, p99: string) =>
    `Обычно позже срока на ${p50}, худший из ста — на ${p99}.`,
  duration: (seconds: number) =>
    seconds < 1
      ? "меньше секунды"
      : seconds < 90
        ? `${Math.round(seconds)} с`
        : seconds < 5400
          ? `${Math.round(seconds / 60)} мин`
          : `${Math.round(seconds / 3600)} ч`,
  state: {
    scheduled: "ждёт срока",
    claimed: "отправляется",
    sending: "отправляется",
    sent: "ушло",
    rejected: "не принято",
    unsure: "неизвестно",
    parked: "не ушло",
    cancelled: "отменено",
  } as Readonly<Record<string, string>>,
  automatic: "автоответ",
  due: (time: string) => `срок ${time}`,
  lateBy: (time: string) => `опаздывает на ${time}`,
  attempts: (n: number) =>
    `${n} ${plural("ru", n, { one: "попытка", few: "попытки", other: "попыток" })}`,
  to: (name: string, number: number) => `${name}, диалог ${number}`,
  cancelOne: "Не отправлять",
  retryOne: "Отправить ещё раз",
  arrived: "Дошло",
  unsureText: "Неизвестно, дошло ли. Проверьте в мессенджере и отметьте.",
  openConversation: "Открыть диалог",
  settled: "Отмечено",
  retried: "Поставлено в очередь",
  cancelled: "Отправка отменена",
  select: "Выбрать",
  selectNone: "Готово",
  selected: (n: number) => `Выбрано: ${count(n)}`,
  selectThis: (name: string) => `Выбрать ответ для ${name}`,
  cancelMany: "Не отправлять выбранные",
  cancelTitle: "Не отправлять?",
  cancelText: (n: number) =>
    `${replies(n)} не уйдут клиентам. Диалоги вернутся к ждущим, ответить можно будет заново.`,
  cancelResult: (cancelled: number, late: number) =>
    late > 0
      ? `Отменено: ${count(cancelled)}. Уже ушло: ${count(late)}.`
      : `Отменено: ${count(cancelled)}`,
  emptyTitle: {
    open: "Всё отправлено",
    late: "Никто не опаздывает",
    in_doubt: "Сомнений нет",
    parked: "Застрявших нет",
    done: "За последнее время ничего не уходило",
  } as Readonly<Record<string, string>>,
  emptyText: {
    open: "Когда ответ ждёт паузы или срока, он виден здесь.",
    late: "Сюда попадает то, что не ушло в срок.",
    in_doubt: "Сюда попадает то, что мессенджер не подтвердил.",
    parked: "Сюда попадает то, что мессенджер отверг несколько раз.",
    done: "Отправленное, отменённое и отвергнутое появится здесь.",
  } as Readonly<Record<string, string>>,
};
