/**
 * A call that the service carries out in part: items, statements or keys for which `skip` is true are not carried out, and are given back as
 * the service gives them back when it throttles. Indexes count through the whole call, over all its tables.
 */
export type Partial = { readonly skip: (index: number) => boolean };
