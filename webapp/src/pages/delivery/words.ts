import { speechOf } from "../../i18n";

export const useSpeech = speechOf("codes", "delivery").use;
