import { t } from '../core/l10n';
import { type Device, devices, isDevice } from '../core/runs/device';
import { type Arguments, stringOption, UsageError } from './command';

/** `--device NAME`: what the embedded trainer computes on. */
export function deviceOption(args: Arguments): Device | undefined {
  const value = stringOption(args, 'device');
  if (value === undefined || isDevice(value)) return value;
  throw new UsageError(t('--device is one of {0}, not "{1}".', devices.join(', '), value));
}
