export const heartbeatQueues = {
	receipts: "receipts",
	reports: "reports",
	"check-due": "dueShards",
	incoming: "incoming",
} as const;

export const heartbeatConsumers = Object.keys(heartbeatQueues) as readonly (keyof typeof heartbeatQueues)[];

/** Every function that consumes queues, as its metrics name it. `lane-dead-letters` consumes sixteen queues, without heartbeats. */
export const consumers = [...heartbeatConsumers, "lane-dead-letters"] as const;
