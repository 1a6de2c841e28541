import { commandText, quotePath } from '../../core/runs/shell';
import type { ProgramSettings } from '../../core/runs/target';
import { gpuQuery } from './gpus';

/** Asks a target about itself: `KEY VALUE` lines. Nothing is changed there but that our folder is made. */
export function checkScript(folder: string, target: ProgramSettings, isSlurm: boolean): string {
  return `echo "host $(uname -n)"
echo "system $(uname -sr)"
echo "time $(date +%s)"
folder=${quotePath(folder)}
if mkdir -p "$folder" 2>/dev/null && [ -w "$folder" ]; then
  df -Pk "$folder" | awk -v f="$folder" 'NR==2 { print "disk " $4 " " $2 " " f }'
else echo "readonly $folder"; fi
for each in tar sed grep head tail wc; do command -v "$each" >/dev/null 2>&1 || echo "absent $each"; done
${commandText(gpuQuery)} 2>/dev/null | sed 's/^/gpu /'
${isSlurm ? slurmQuestions : ''}
shell=$(command -v bash || echo sh)
"$shell" -l -c ${quoteScript(pythonQuestions(target))} 2>&1 </dev/null
exit 0`;
}

const slurmQuestions = `if command -v sbatch >/dev/null 2>&1; then
  echo "slurm $(sbatch --version)"
  sinfo -h -o '%P|%a|%l|%D|%F|%G' 2>&1 | sed 's/^/partition /'
  sacct -n -X -S now >/dev/null 2>&1 && echo accounting
else echo "absent sbatch"; fi`;

/** Tells its version and torch's, as `KEY VALUE` lines. */
export const pythonProgram = `import sys
print("python", sys.version.split()[0], sys.executable)
try:
    import torch
    print("torch", torch.__version__, torch.version.cuda or "")
except Exception as error:
    print("notorch", type(error).__name__, str(error).replace("\\n", " ")[:200])`;

/** In the environment that a run has, which the setup lines make. */
function pythonQuestions({ setup, python }: ProgramSettings): string {
  const command = `${quotePath(python ?? 'python3')} -c ${quoteScript(pythonProgram)} || echo nopython`;
  return setup ? `${setup}\n[ "$?" -eq 0 ] || echo nosetup\n${command}` : command;
}

const quoteScript = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
