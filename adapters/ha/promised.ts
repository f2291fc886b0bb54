/** A promise and what settles it (Promise.withResolvers, which Node 20 does not have). */
export interface Promised<T> {
  readonly promise: Promise<T>
  resolve(value: T): void
  reject(error: Error): void
}

export function promised<T>(): Promised<T> {
  let settle: Omit<Promised<T>, 'promise'> | undefined
  const promise = new Promise<T>((resolve, reject) => {
    settle = { resolve, reject }
  })
  return {
    promise,
    resolve: (value) => settle?.resolve(value),
    reject: (error) => settle?.reject(error),
  }
}
