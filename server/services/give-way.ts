/** Lets whoever else waits for this process come first: SQLite answers at once, and by itself gives nobody a turn. */
export const giveWay = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
