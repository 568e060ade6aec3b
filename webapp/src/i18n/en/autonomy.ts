import type { Like } from "../like";
import type { autonomy as ru } from "../ru/autonomy";

export const autonomy: Like<typeof ru> = {};
