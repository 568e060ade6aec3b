const WORDS = {
  ru: {
    title: "Песочница", subtitle: "вместо Telegram и ИИ — всё настоящее, кроме денег и людей",
    customers: "Покупатели", staff: "Команда магазина", operator: "оператор", owner: "владелец", customer: "покупатель",
    bot: "бот", you: "вы —", write: "Сообщение", start: "Начать", people: "Люди",
    typing: "печатает", upload_photo: "отправляет фото", upload_document: "отправляет файл", record_voice: "записывает голосовое", upload_voice: "отправляет голосовое", upload_video: "отправляет видео", choose_sticker: "выбирает стикер",
    edited: "изменено", today: "Сегодня", yesterday: "Вчера",
    reply: "Ответить", edit: "Изменить", copy: "Копировать текст", remove: "Удалить", copied: "Скопировано",
    photo: "Фото", photos: "Фотографии", document: "Файл", voice: "Голосовое сообщение", video: "Видео", sticker: "Стикер", audio: "Аудио", video_note: "Видеосообщение", animation: "GIF", location: "Место", contact: "Контакт",
    attachPhoto: "Фото или видео", attachFile: "Файл", attachVoice: "Аудиофайл как голосовое", forwarded: "Переслано от",
    editing: "Изменение", emptyTitle: "Здесь пока пусто", emptyCustomer: "Напишите магазину — и посмотрите, что увидит оператор справа.", emptyStaff: "Здесь появится карточка, как только напишет покупатель.", notStarted: "Чтобы бот мог писать, нажмите «Начать».",
    hintTitle: "Напишите как Иван", hintText: "Слева вы покупатель, справа — оператор: там появится карточка с черновиком ответа.",
    hintTry1: "Есть АКПП на Camry 40, сколько стоит?", hintTry2: "Сколько идёт доставка?", hintTry3: "Какая гарантия?",
    botStore: "Бот магазина", botOperator: "Бот оператора", ai: "ИИ", never: "ещё не обращался", agoNow: "на связи",
    faults: "Неполадки", journal: "Запросы", theme: "Тема", language: "English", clear: "Очистить", all: "Все",
    faultsText: "Проверьте, что продукт выдержит. Сработает на ближайших запросах.", inForce: "Сейчас действует", removeFault: "снять", times: "ещё", forever: "пока не снимут",
    fTelegram: "Telegram", fAi: "ИИ", fPeople: "Люди", noRequests: "Запросов пока нет", noAnswer: "Бот не ответил на нажатие",
    fSlowAi: "ИИ отвечает 30 секунд", fSlowAiText: "следующие 3 запроса", fAiDown: "ИИ недоступен", fAiDownText: "ошибка 500, пока не снимете", fAiRubbish: "ИИ несёт чушь", fAiRubbishText: "следующие 3 ответа — не JSON", fAi429: "ИИ: лимит запросов", fAi429Text: "429 на следующие 3 запроса",
    f429: "Слишком много запросов", f429Text: "429, подождать 3 с, один раз", f500: "Telegram ошибается", f500Text: "500 на следующие 3 отправки", fLost: "Ответ потерялся", fLostText: "сообщение ушло, связь оборвалась", fDup: "Обновление придёт дважды", fDupText: "следующие 3", fSlow: "Telegram медлит 5 секунд", fSlowText: "следующие 5 запросов",
    fBlock: "заблокировал(а) бота", fUnblock: "снова получает сообщения", on: "включить", off: "вернуть",
    open: "Открыть", cancel: "Отмена", ok: "Хорошо", openLink: "Открыть ссылку?", closeApp: "Закрыть приложение?", closeAppText: "Несохранённые изменения пропадут.", close: "Закрыть", miniApp: "мини-приложение", menu: "Меню", blockedByYou: "Бот заблокирован", unblock: "Разблокировать",
    offline: "Связь с песочницей потеряна, переподключаемся…", tooLarge: "Файл больше 50 МБ", download: "Скачать", commands: "Команды", wait: "ждёт",
  },
  en: {
    title: "Sandbox", subtitle: "in place of Telegram and AI: all real but the money and the people",
    customers: "Customers", staff: "Store team", operator: "operator", owner: "owner", customer: "customer",
    bot: "bot", you: "you are", write: "Message", start: "Start", people: "People",
    typing: "typing", upload_photo: "sending a photo", upload_document: "sending a file", record_voice: "recording voice", upload_voice: "sending voice", upload_video: "sending a video", choose_sticker: "choosing a sticker",
    edited: "edited", today: "Today", yesterday: "Yesterday",
    reply: "Reply", edit: "Edit", copy: "Copy text", remove: "Delete", copied: "Copied",
    photo: "Photo", photos: "Photos", document: "File", voice: "Voice message", video: "Video", sticker: "Sticker", audio: "Audio", video_note: "Video message", animation: "GIF", location: "Location", contact: "Contact",
    attachPhoto: "Photo or video", attachFile: "File", attachVoice: "Audio file as voice", forwarded: "Forwarded from",
    editing: "Editing", emptyTitle: "Nothing here yet", emptyCustomer: "Write to the store and watch what the operator sees on the right.", emptyStaff: "A card appears here as soon as a customer writes.", notStarted: "Press Start so that the bot may write.",
    hintTitle: "Write as Ivan", hintText: "On the left you are the customer; on the right, the operator gets a card with a drafted reply.",
    hintTry1: "Есть АКПП на Camry 40, сколько стоит?", hintTry2: "Do you deliver to Kazan?", hintTry3: "Какая гарантия?",
    botStore: "Store bot", botOperator: "Operators' bot", ai: "AI", never: "not seen yet", agoNow: "connected",
    faults: "Faults", journal: "Requests", theme: "Theme", language: "Русский", clear: "Clear", all: "All",
    faultsText: "See whether the product withstands it. Acts on the next requests.", inForce: "In force now", removeFault: "remove", times: "left", forever: "until removed",
    fTelegram: "Telegram", fAi: "AI", fPeople: "People", noRequests: "No requests yet", noAnswer: "The bot did not answer the press",
    fSlowAi: "AI takes 30 seconds", fSlowAiText: "next 3 requests", fAiDown: "AI is down", fAiDownText: "error 500 until removed", fAiRubbish: "AI talks rubbish", fAiRubbishText: "next 3 answers are no JSON", fAi429: "AI rate limit", fAi429Text: "429 for the next 3 requests",
    f429: "Too many requests", f429Text: "429, retry after 3 s, once", f500: "Telegram fails", f500Text: "500 for the next 3 sends", fLost: "Answer lost", fLostText: "message sent, connection cut", fDup: "Update arrives twice", fDupText: "next 3", fSlow: "Telegram is slow, 5 seconds", fSlowText: "next 5 requests",
    fBlock: "blocked the bot", fUnblock: "receives again", on: "set", off: "undo",
    open: "Open", cancel: "Cancel", ok: "OK", openLink: "Open link?", closeApp: "Close the app?", closeAppText: "Unsaved changes will be lost.", close: "Close", miniApp: "mini app", menu: "Menu", blockedByYou: "Bot is blocked", unblock: "Unblock",
    offline: "Lost the sandbox, reconnecting…", tooLarge: "The file exceeds 50 MB", download: "Download", commands: "Commands", wait: "waits",
  },
};

let language = localStorage.getItem("language") || "ru";

export const t = (key) => WORDS[language][key] ?? key;
export const locale = () => language;

export function setLanguage(next) {
  language = next;
  localStorage.setItem("language", next);
  document.documentElement.lang = next;
  document.title = t("title");
}

export function clock(iso) {
  return new Date(iso).toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit" });
}

export function dayName(iso) {
  const day = new Date(iso);
  const ago = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(day).setHours(0, 0, 0, 0)) / 86_400_000);
  if (ago === 0) return t("today");
  if (ago === 1) return t("yesterday");
  return day.toLocaleDateString(language, { day: "numeric", month: "long" });
}

export function bytes(size) {
  const units = language === "ru" ? ["Б", "КБ", "МБ"] : ["B", "KB", "MB"];
  let at = 0;
  let left = size;
  while (left >= 1024 && at < 2) { left /= 1024; at += 1; }
  return `${left >= 10 || at === 0 ? Math.round(left) : left.toFixed(1)} ${units[at]}`;
}

setLanguage(language);
