import type { Like } from "../like";
import type { knowledge as ru } from "../ru/knowledge";

export const knowledge: Like<typeof ru> = {};
