import { type SpokenBy, speechOf } from "../../i18n";

const speech = speechOf("settings");

export const useSpeech = speech.use;
export type Dictionary = SpokenBy<typeof speech>;
