import type { Operator } from "./message/operators.ts";

/** The leases by which tasks of the SMPP service divide binds and sessions. */

/** An operator's bind, from 0. */
export const bindLease = (operator: Operator, bindIndex: number) => `${operator}#${bindIndex}`;

/** Held by the task that publishes what it receives from an operator's lanes. */
export const receivedLease = (operator: Operator) => `${operator}#received`;

/** An account's session, from 0. Its holder is a session of a task. */
export const sessionLease = (userName: string, sessionIndex: number) => `session#${userName}#${sessionIndex}`;

export const sessionHolder = (task: string, session: number) => `${task}#${session}`;
export const taskOf = (holder: string) => holder.slice(0, holder.lastIndexOf("#"));

/** Held while a task is present. Only then its sessions count. */
export const presenceLease = (task: string) => `smpp-task#${task}`;
