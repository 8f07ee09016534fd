import { exclusiveGateway, passGateway } from './exclusive-gateway.ts';
import type { ElementProcessor } from './processor.ts';

/** Activated when all its incoming flows were taken; takes all outgoing flows. */
export const parallelGateway: ElementProcessor = {
  ...exclusiveGateway,
  activated(w, at) {
    passGateway(w, at, at.model.outgoing);
  },
};
