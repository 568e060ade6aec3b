export const autonomy = {};
