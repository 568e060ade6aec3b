type Widened<T> = T extends string
  ? string
  : T extends (...args: infer A) => string
    ? (...args: A) => string
    : T extends Readonly<Record<string, string>>
      ? { readonly [K in keyof T]: string }
      : T;

/** Every language has every key of the Russian words, or it does not compile. */
export type Like<T> = { readonly [K in keyof T]: Widened<T[K]> };
