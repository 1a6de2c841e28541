import { readFileSync } from 'node:fs';
import path from 'node:path';
import Ajv from 'ajv/dist/2020';
import { projectRoot } from '../../support/projectRoot';

const schema = JSON.parse(readFileSync(path.join(projectRoot, 'schemas/match.schema.json'), 'utf8'));

/** Whether a value is a match report as `schemas/match.schema.json` says, and if not, why not in `errors`. */
export const validateReport = new Ajv({ strict: false }).compile(schema);
