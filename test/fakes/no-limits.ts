import type { AccountLimits } from "#shared/usecases/limits/limit-account.ts";

const within = { kind: "within" } as const;

export const noLimits: AccountLimits = {
	takeRequest: async () => within,
	takeMessages: async () => ({ ...within, overRecipients: new Map(), giveBack: async () => undefined }),
};
