import type { Like } from "../like";
import type { delivery as ru } from "../ru/delivery";

export const delivery: Like<typeof ru> = {};
