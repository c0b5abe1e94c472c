// The methods with which a client asks for flags with a guarantee.

import type { coreMethods } from '#contract/core.ts';
import type { modelAgreementMethods } from '#contract/model-agreement.ts';
import type { guaranteeMethods as asked } from '#contract/guarantee.ts';
import type { HandlersOf } from '#rpc/method.ts';
import type { ProjectDatabase } from '../../store/database.ts';
import { listAgreement } from '../compare/list-agreement.ts';
import { certificates } from './certificates.ts';
import { driftOf } from './drift.ts';
import { falseShareList } from './false-share-list.ts';

export function guaranteeMethods(
  database: ProjectDatabase,
): Pick<HandlersOf<typeof coreMethods>, keyof typeof asked | keyof typeof modelAgreementMethods> {
  return {
    'scores.falseShareList': (request) =>
      database.read((reader) => falseShareList(reader, request)),
    'thresholds.certificates': (request) =>
      database.read((reader) => certificates(reader, request)),
    'scores.agreement': (request) => database.read((reader) => listAgreement(reader, request)),
    'scores.drift': (request) => database.read((reader) => driftOf(reader, request)),
  };
}
