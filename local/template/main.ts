import * as z from "zod";
import { stageSchema } from "#infra/stage.ts";
import { nextCommand, reportToParent } from "../processes/parent-commands.ts";
import { synthesise } from "./synthesise.ts";

/** The process that synthesises the templates once. CDK takes 200 MB, which end with it. */
const request = z.object({ stage: stageSchema, entries: z.object({ handlers: z.string(), smpp: z.string() }) });

const { stage, entries } = await nextCommand(request);
reportToParent(synthesise(stage, entries));
