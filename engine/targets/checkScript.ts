import { commandText, quotePath } from '../../core/runs/shell';
import { clustersOf } from '../../core/runs/slurmJob';
import type { LocalTarget, ProgramSettings, RemoteTarget, SlurmTarget } from '../../core/runs/target';
import { gpuQuery } from './gpus';

/** What begins our lines: logins greet, and print what they like. */
export const factMark = 'matchdown';

/** Asks a target about itself: `matchdown KEY VALUE` lines. Nothing is changed there but that our folder is made. */
export function checkScript(folder: string, target: LocalTarget | RemoteTarget): string {
  return `echo "${factMark} host $(uname -n)"
echo "${factMark} system $(uname -sr)"
echo "${factMark} time $(date +%s)"
folder=${quotePath(folder)}
if mkdir -p "$folder" 2>/dev/null && [ -w "$folder" ]; then
  df -Pk "$folder" | awk -v f="$folder" 'NR==2 { print "${factMark} disk " $4 " " $2 " " f }'
else echo "${factMark} readonly $folder"; fi
for each in tar sed grep head tail wc; do command -v "$each" >/dev/null 2>&1 || echo "${factMark} absent $each"; done
${commandText(gpuQuery)} 2>/dev/null | sed 's/^/${factMark} gpu /'
${target.kind === 'slurm' ? slurmQuestions(target) : ''}
shell=$(command -v bash || echo sh)
"$shell" -l -c ${quoteScript(pythonQuestions(target))} 2>&1 </dev/null
exit 0`;
}

/** One cluster at a time: sinfo of 22.05 crashes where it is to tell of several without headers. */
function slurmQuestions(target: SlurmTarget): string {
  const clusters = clustersOf(target);
  const ask = (where: string, cluster: string) =>
    `sinfo${where} -h -o '%P|%a|%l|%D|%F|%G|${cluster}' 2>&1 | sed 's/^/${factMark} partition /'`;
  const questions = clusters.length === 0 ? [ask('', '')] : clusters.map((each) => ask(` -M ${each}`, each));
  const where = clusters.length === 0 ? '' : ` -M ${clusters.join(',')}`;
  return `if command -v sbatch >/dev/null 2>&1; then
  echo "${factMark} slurm $(sbatch --version)"
  ${questions.join('\n  ')}
  sacct${where} -n -X -S now >/dev/null 2>&1 && echo "${factMark} accounting"
else echo "${factMark} absent sbatch"; fi`;
}

/** Seconds until a Python that hangs, as it may on a network disk that is gone, is ended. */
export const pythonPatience = 60;

/** Tells its version and torch's, in such lines; also in Python 2. */
export const pythonProgram = `import signal, sys
getattr(signal, "alarm", int)(${pythonPatience})
def tell(*words):
    print(" ".join(("${factMark}",) + words))
    sys.stdout.flush()
tell("python", sys.version.split()[0], sys.executable)
try:
    import torch
    tell("torch", torch.__version__, torch.version.cuda or "")
except Exception as error:
    tell("notorch", type(error).__name__, str(error).replace("\\n", " ")[:200])`;

/** In the environment that a run has, which the setup lines make. */
function pythonQuestions({ setup, python }: ProgramSettings): string {
  const ask = `${quotePath(python ?? 'python3')} -c ${quoteScript(pythonProgram)}`;
  // The shell's status for a program that SIGALRM has ended.
  const command = `${ask} || { [ "$?" -eq 142 ] && echo '${factMark} slowpython' || echo '${factMark} nopython'; }`;
  // Lines that end the shell never come to say that they were fine.
  return setup ? `${setup}\n[ "$?" -ne 0 ] || echo ${factMark} setup\n${command}` : command;
}

const quoteScript = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
