/** The whole, some of whose members are others. Members of classes are called on the whole itself: they may be private. */
export function overriding<T extends object>(whole: T, parts: Partial<T>): T {
  return new Proxy(whole, {
    get(target, name): unknown {
      if (Object.hasOwn(parts, name)) return parts[name as keyof T];
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
}
