/**
 * A call that the service executes in part. It skips the items, statements or keys for which `skip` is true, and
 * returns them as it does when it throttles. Indexes count through the whole call, over all its tables.
 */
export type Partial = { readonly skip: (index: number) => boolean };

export const whole: Partial = { skip: () => false };
