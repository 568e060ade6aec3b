import { type SpokenBy, speechOf } from "../../i18n";

const speech = speechOf("knowledge");

export const useSpeech = speech.use;
export type Dictionary = SpokenBy<typeof speech>;
