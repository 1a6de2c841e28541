"""Parts of the PyTorch trainer that a run on a CPU does not show.

Each function without parameters is a test, and the first failure ends it.
"""

import errno
import functools
import io
import json
import multiprocessing
import os
import pickle
import resource
import signal
import sys
import time
import tracemalloc
import types
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from matchdown_trainer import (
    check,
    checkpoint,
    device,
    errors,
    events,
    export,
    failure,
    files,
    gpu,
    journal,
    network,
    scheme,
    stop,
    team,
    text,
    weights,
)
from matchdown_trainer import feed as feed_module
from matchdown_trainer.data import image_folder, png, samples, table
from matchdown_trainer.feed import Feed, in_batches
from matchdown_trainer.learner import Learner

SCHEME = """{
  "data": {"image_size": [6, 6, 2], "label_dim": 3}, // comments, and a trailing comma
  "model": {"network": [{"type": "conv2d_set", "kernel": 3, "channel": 4, "activation": "relu"},],}
}"""


CPU = device.Compute(torch.device("cpu"), None, False)

AUGMENTED = SCHEME.replace('"label_dim"', '"augmentation": {"flip_horizontal": true, "shift": 0.2}, "label_dim"')


def png_files_are_read_without_pillow():
    from PIL import Image

    random = np.random.default_rng(1)
    smooth = np.add.outer(np.arange(40), np.arange(30)).astype(np.uint8)
    for mode, channels in (("L", 1), ("RGB", 3), ("LA", 2), ("RGBA", 4)):
        noise = random.integers(0, 255, (40, 30, channels), np.uint8)
        for pixels in (noise, np.stack([smooth * (c + 1) for c in range(channels)], 2).astype(np.uint8)):
            stream = io.BytesIO()
            Image.fromarray(pixels.squeeze(2) if channels == 1 else pixels, mode).save(stream, "PNG")
            assert np.array_equal(png.decode_png(stream.getvalue()), pixels), mode
    for mode in ("1", "P"):
        stream = io.BytesIO()
        image = Image.fromarray(smooth).convert(mode)
        image.save(stream, "PNG")
        expected = np.asarray(image.convert("L" if mode == "1" else "RGB")).reshape(40, 30, -1)
        assert np.array_equal(png.decode_png(stream.getvalue()), expected), mode
    pixels = random.integers(0, 255, (5, 7, 3), np.uint8)
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(png.encode_png(pixels)))), pixels)


def checksums_are_those_of_the_standard():
    # RFC 3720, B.4.
    assert events.crc32c(bytes(32)) == 0x8A9136AA
    assert events.crc32c(bytes([255] * 32)) == 0x62A8AB43
    assert events.crc32c(bytes(range(32))) == 0x46DD794E


def histograms_are_read_by_tensorboard():
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    with TemporaryDirectory() as folder:
        values = np.array([1.0, 2.0, 2.0, 4.0], np.float32)
        records = events.file_start(1.0) + events.histogram(2.0, 7, "weights", values)
        (Path(folder) / events.event_file_name(1.0, "host", 1)).write_bytes(records)
        found = EventAccumulator(folder)
        found.Reload()
        (only,) = found.Histograms("weights")
        content = only.histogram_value
        assert (only.step, content.num, content.sum, content.max) == (7, 4.0, 9.0, 4.0)
        assert sum(content.bucket) == 4.0


def an_export_needs_no_package_but_pytorch():
    class Missing:
        def find_spec(self, name, path=None, target=None):
            if name.split(".")[0] in ("onnx", "onnxscript"):
                raise ModuleNotFoundError(name)

    assert "onnx" not in sys.modules and "onnxscript" not in sys.modules
    written = scheme.read_scheme(SCHEME)
    model = network.Network(written)
    sys.meta_path.insert(0, Missing())
    try:
        with TemporaryDirectory() as folder:
            file = Path(folder) / "model.onnx"
            export.write_model(file, model, written.data, {"key": "value ü"})
            content = file.read_bytes()
    finally:
        sys.meta_path.pop(0)
    assert "onnx" not in sys.modules
    import onnx

    (entry,) = onnx.load_model_from_string(content).metadata_props
    assert (entry.key, entry.value) == ("key", "value ü")


def the_dynamo_exporter_computes_the_same():
    import onnxruntime

    written = scheme.read_scheme(SCHEME)
    model = network.Network(written)
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter)
    x = torch.randn(3, 2, 6, 6)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "model.onnx"
        export.write_model(file, model, written.data, {}, "dynamo")
        (output,) = onnxruntime.InferenceSession(str(file)).run(None, {"input": x.numpy()})
    assert np.allclose(output, model.eval()(x).detach().numpy(), atol=1e-4)


def a_batch_that_does_not_fit_is_learnt_in_pieces():
    lines = []
    small, whole = made_learner(lines.append), made_learner(lines.append)
    sizes = with_memory_for_three(small)
    generator = torch.Generator().manual_seed(3)
    for step in (1, 2):
        batch = (torch.randn(8, 2, 6, 6, generator=generator), torch.tensor([0, 1, 2, 0, 1, 2, 0, 1]))
        sums = [each.new_sums() for each in (small, whole)]
        for each, own in zip((small, whole), sums):
            each.step(batch, 8, step, 0.01, own)
        assert abs(float(sums[0].loss) - float(sums[1].loss)) < 1e-5
    for name, value in small.state().items():
        assert np.allclose(value, whole.state()[name], atol=1e-6), name
    assert sizes == [8, 4, 2, 2, 2, 2, 2, 2, 2, 2], sizes
    assert [line for line in lines if "pieces of" in line][-1].endswith("steps are made in pieces of 2."), lines


def with_memory_for_three(learner):
    """Samples at a time; the sizes of what goes through are told."""
    forward, sizes = learner.network.forward, []

    def forgetful(x):
        sizes.append(len(x))
        if len(x) > 3:
            raise RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB")
        return forward(x)

    learner.network.forward = forgetful
    return sizes


def made_learner(log):
    written = scheme.read_scheme(SCHEME)
    model = network.Network(written)
    torch.manual_seed(1)
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    compute = device.Compute(torch.device("cpu"), None, False)
    return Learner(model, written, compute, team.Team(), log)


def bfloat16_is_close_and_keeps_float32_weights():
    exact = made_learner(print)
    rough = made_learner(print)
    rough._compute = device.Compute(torch.device("cpu"), torch.bfloat16, True)
    batch = (torch.randn(8, 2, 6, 6), torch.arange(8) % 3)
    sums = [each.new_sums() for each in (exact, rough)]
    for each, own in zip((exact, rough), sums):
        each.step(batch, 8, 1, 0.01, own)
    assert abs(float(sums[0].loss) - float(sums[1].loss)) < 0.05 * float(sums[0].loss)
    assert all(value.dtype == np.float32 for value in rough.state().values())


def a_scheme_that_cannot_be_built_is_told_in_a_sentence():
    wrong = {
        SCHEME.replace("conv2d_set", "conv9d_set"): 'Layer 1 has the type "conv9d_set", which is not known.',
        SCHEME.replace('"kernel": 3, ', ""): 'Layer 1 lacks "kernel".',
        SCHEME.replace('"kernel": 3', '"kernel": 9, "padding": "valid"'): "It does not fit its input of 6 × 6 × 2.",
        SCHEME.replace('"kernel"', '"input": "other", "kernel"'): 'No earlier layer is called "other".',
        SCHEME[:-5]: "This is no JSON",
    }
    for text, sentence in wrong.items():
        try:
            network.Network(scheme.read_scheme(text))
            raise AssertionError(text)
        except errors.InputError as error:
            assert sentence in str(error), error


def a_checkpoint_of_another_network_is_told():
    wider, named = SCHEME.replace('"channel": 4', '"channel": 5'), SCHEME.replace('"kernel"', '"name": "first", "kernel"')
    sentences = {
        SCHEME: None,
        wider: "conv2d_set_1/conv.weight is 4 × 2 × 3 × 3 there, and 5 × 2 × 3 × 3 in the scheme.",
        named: "it has no first/conv.weight.",
    }
    values = made_learner(print).state()
    for written, expected in sentences.items():
        told = None
        try:
            weights.demand_fit(network.Network(scheme.read_scheme(written)), values, "last.safetensors")
        except errors.InputError as error:
            told = error.problem
        assert told == (expected and f"The checkpoint is of another network: {expected}"), told
    learner = made_learner(print)
    weights.demand_fit(learner.network, values, "last.safetensors", learner.slot_names)
    try:
        weights.demand_fit(learner.network, values, "last.safetensors", set())
        raise AssertionError("Adam's checkpoint was taken for another optimizer's.")
    except errors.InputError as error:
        assert error.problem == "The checkpoint is of another network or optimizer.", error


def data_comes_in_batches_from_workers_as_from_memory():
    section = scheme.read_scheme(AUGMENTED).data
    values = np.random.default_rng(2).integers(0, 255, (9, 2, 6, 6), np.uint8)
    labels = samples.Labels(np.arange(9) % 3, ["a", "b", "c"])
    resident = samples.DataSet(samples.ArraySamples(values), labels, [])
    lazy = samples.DataSet(samples.LazySamples(9, (2, 6, 6), lambda index: values[index]), labels, [])
    compute = device.Compute(torch.device("cpu"), None, False)
    batches = in_batches(np.array([8, 1, 3, 0, 5]), 2)
    expected = list(Feed(resident, section, compute, 4).batches(batches, 0))
    assert Feed(resident, section, compute, 4).is_resident and len(expected) == 3
    for data, way in ((resident, "loader"), (lazy, "auto")):
        feed = Feed(data, section, compute, 4, way)
        assert not feed.is_resident
        for (x, y), (u, v) in zip(feed.batches(batches, 0), expected):
            assert torch.equal(x, u) and torch.equal(y, v)
    plain = next(Feed(lazy, section, compute, 4).batches(batches))[0]
    assert np.array_equal(plain.numpy(), values[[8, 1]]) and not torch.equal(plain, expected[0][0])


def a_run_may_be_asked_to_stop_while_it_reads():
    def stop_file(folder):
        (folder / "stop").touch()

    def preempt_file(folder):
        (folder / "preempt").touch()

    def preemption(_folder):
        signal.raise_signal(signal.SIGUSR1)

    asking = ((stop_file, errors.Stopped), (preempt_file, errors.Preempted), (preemption, errors.Preempted))
    for ask, expected in asking:
        with TemporaryDirectory() as name:
            asked = stop.StopRequest(Path(name))
            try:
                with asked.interrupting():
                    ask(Path(name))
                    for _ in range(500):
                        time.sleep(0.01)
                raise AssertionError("It went on.")
            except expected:
                pass
            asked.clear(asked.asked)
            assert not list(Path(name).iterdir())


def a_gpu_is_free_that_does_nothing():
    text = "0, NVIDIA A100-SXM4-80GB, 81920, 5, 0\n1, NVIDIA A100-SXM4-80GB, 81920, 70000, 93\n2, Odd, [N/A], [N/A], [N/A]\n"
    found = check.parse_nvidia_smi(text)
    assert [each["free"] for each in found] == [True, False, False], found
    assert found[1]["memoryTotal"] == 81920 * 2**20
    assert (
        check.parse_nvidia_smi("NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.\n") == []
    )
    gpu.subprocess = types.SimpleNamespace(
        run=lambda *_args, **_options: types.SimpleNamespace(stdout="37, 1024\n"), SubprocessError=OSError
    )
    assert gpu.read_gpu("0") == [37.0, 1024.0]


def a_broken_picture_that_a_worker_meets_is_told_in_a_sentence():
    from PIL import Image

    section = scheme.read_scheme(SCHEME.replace("[6, 6, 2]", "[6, 6, 1]")).data
    with TemporaryDirectory() as name:
        folder = Path(name) / "고양이"
        folder.mkdir()
        for index in range(4):
            Image.new("L", (6, 6) if index < 3 else (5, 6), index).save(folder / f"{index}.png")
        ids = [f"고양이/{index}.png" for index in range(4)]
        lazy = samples.LazySamples(4, (1, 6, 6), functools.partial(image_folder._read_sample, Path(name), ids, section))
        pickle.dumps(lazy)
        data = samples.DataSet(lazy, samples.Labels(np.zeros(4, np.int64), ["고양이"]), ids)
        feed = Feed(data, section, device.Compute(torch.device("cpu"), None, False), 4)
        try:
            list(feed.batches(in_batches(np.arange(4), 2)))
            raise AssertionError("It was read.")
        except errors.InputError as error:
            assert "The image is 6 pixels high and 5 wide" in str(error) and "고양이/3.png" in str(error), error


def a_stop_of_the_process_group_does_not_reach_the_workers():
    values = np.zeros((64, 1, 2, 2), np.uint8)
    section = scheme.read_scheme(SCHEME.replace("[6, 6, 2]", "[2, 2, 1]")).data
    data = samples.DataSet(samples.ArraySamples(values), samples.Labels(np.zeros(64, np.int64), ["a"]), [])
    batches = Feed(data, section, CPU, 4, "loader").batches(in_batches(np.arange(64), 1))
    # Each worker has given a batch by then.
    for _ in range(40):
        next(batches)
    groups = {os.getpgid(worker.pid) for worker in multiprocessing.active_children()}
    assert groups and os.getpgrp() not in groups, groups
    assert len(list(batches)) == 24


def workers_are_as_many_as_shared_memory_has_room_for():
    data = samples.DataSet(
        samples.ArraySamples(np.zeros((64, 3, 64, 64), np.uint8)), samples.Labels(np.zeros(64, np.int64), ["a"]), []
    )
    section = scheme.read_scheme(SCHEME).data
    known, known_feed = feed_module._free_shared_memory, Feed(data, section, CPU, 4, "loader")
    batches = in_batches(np.arange(64), 16)
    try:
        feed_module._free_shared_memory = lambda: 2.0 * 2 * 4 * 16 * 3 * 64 * 64 * 1.5
        assert known_feed._worker_count(batches) == 1
        feed_module._free_shared_memory = lambda: 100.0
        assert known_feed._worker_count(batches) == 0 and len(list(known_feed.batches(batches))) == 4
    finally:
        feed_module._free_shared_memory = known


def data_leaves_a_gpu_between_two_batches():
    values = np.arange(6, dtype=np.uint8).reshape(6, 1, 1, 1)
    section = scheme.read_scheme(SCHEME.replace("[6, 6, 2]", "[1, 1, 1]")).data
    data = samples.DataSet(samples.ArraySamples(values), samples.Labels(np.zeros(6, np.int64), ["a"]), [])
    feed = Feed(data, section, CPU, 4)
    assert not feed.leave_device() and feed.is_resident
    found = []
    for x, _ in feed.batches(in_batches(np.arange(6), 2)):
        feed._values = None
        found.extend(x.flatten().tolist())
    assert found == [0, 1, 2, 3, 4, 5], found


def the_oldest_gpus_compute_in_float32():
    class Old:
        @staticmethod
        def is_bf16_supported(including_emulation=True):
            return including_emulation

    class Older:
        @staticmethod
        def is_bf16_supported():
            return True

    cuda = torch.cuda
    try:
        for kind, expected in ((Old, False), (Older, True)):
            torch.cuda = kind
            assert device._computes_bfloat16() == expected
    finally:
        torch.cuda = cuda


def evaluation_goes_on_in_pieces_that_fit():
    learner = made_learner(print)
    x = torch.randn(8, 2, 6, 6)
    expected = learner.evaluate((x, torch.zeros(8, dtype=torch.int64)))
    sizes = with_memory_for_three(learner)
    assert torch.allclose(learner.evaluate((x, torch.zeros(8, dtype=torch.int64))), expected, atol=1e-6)
    assert sizes == [8, 4, 2, 2, 2, 2] and learner.network.training


def a_table_takes_little_more_than_its_numbers():
    section = scheme.read_scheme(SCHEME.replace('"image_size": [6, 6, 2]', '"input_size": [50]')).data
    row = ",".join(["0.25"] * 50)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "data.csv"
        header = ",".join(f"c{column}" for column in range(50))
        file.write_text("\n".join([f"{header},label", *[f"{row},{index % 3}" for index in range(2000)]]))
        tracemalloc.start()
        values = table.read_csv(file, section).samples.values
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert values.shape == (2000, 50) and (values == 0.25).all()
        assert peak < 3 * values.nbytes, peak
        file.write_text(f"{header},label\n{row.replace('0.25', '1_0', 1)},0")
        try:
            table.read_csv(file, section)
            raise AssertionError("It was read.")
        except errors.InputError as error:
            assert 'line 2: "1_0" in column "c0" is no finite number.' in str(error), error


def a_process_that_is_killed_while_it_writes_leaves_the_older_checkpoint():
    with TemporaryDirectory() as name:
        folder = checkpoint.CheckpointFolder(Path(name))
        write = [
            lambda step=step: folder.write(
                checkpoint.Checkpoint(checkpoint.Position(step=step), {"a": np.full(3, step, np.float32)}, {}), ["last"]
            )
            for step in (1, 2)
        ]
        write[0]()
        child = os.fork()
        if child == 0:
            os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)
            write[1]()
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
        assert len(list(folder.folder.iterdir())) == 2
        assert folder.read("last").position.step == 1
        files.remove_leftovers(folder.folder, "")
        assert [file.name for file in folder.folder.iterdir()] == ["last.safetensors"]


def a_full_disk_leaves_no_half_record():
    with TemporaryDirectory() as name:
        told = journal.Journal(Path(name))
        told.open_events(0, {}, [], {})
        (file,) = Path(name).iterdir()
        before = file.read_bytes()
        known = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 10, known[1]))
        try:
            told.steps({"loss/steps": 1.0}, 3)
            raise AssertionError("It was written.")
        except OSError as error:
            assert failure.sentence(error, Path(name)).startswith("There is no room left on the disk:"), error
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, known)
        assert file.read_bytes() == before


def a_full_disk_is_told_with_the_file_or_the_folder_that_it_is_about():
    no_space = "[Errno 28] No space left on device"
    told = {
        OSError(errno.ENOSPC, "No space left on device"): f"{no_space}: '/runs/1'",
        OSError(errno.ENOSPC, "No space left on device", "/runs/1/a"): f"{no_space}: '/runs/1/a'",
        OSError(errno.EFBIG, "File too large"): "[Errno 27] File too large: '/runs/1'",
        RuntimeError("unable to write to file </torch_1>: No space left on device (28)"): (
            "unable to write to file </torch_1>: No space left on device (28)"
        ),
    }
    for error, what in told.items():
        expected = f"There is no room left on the disk: {what}. Make room, then resume the run."
        assert failure.sentence(error, Path("/runs/1")) == expected, failure.sentence(error, Path("/runs/1"))
        assert not failure.is_unexpected(error)
    assert failure.is_unexpected(OSError(errno.EIO, "Input/output error"))


def a_log_that_takes_nothing_ends_nothing():
    class Full(io.StringIO):
        def write(self, _text):
            raise OSError(errno.ENOSPC, "No space left on device")

    text.say("Finished.", Full())


def names_that_are_no_text_do_not_end_a_run():
    name = b"\xb0\xed.png".decode("utf-8", "surrogateescape")
    with TemporaryDirectory() as folder:
        files.write_json(Path(folder) / "result.json", {"classes": [name, "고양이"]})
        assert json.loads((Path(folder) / "result.json").read_text(encoding="utf-8"))["classes"] == [name, "고양이"]
    assert b"\\udcb0" in events.text(1.0, 0, "worst", name)


def sentences_are_in_the_language_of_whoever_launched_the_run():
    try:
        for environment in ({"MATCHDOWN_LANGUAGE": "ko", "LC_ALL": "C"}, {"LANG": "ko_KR.UTF-8"}):
            text.choose_language(environment)
            assert text.t("Failed: {0}", "x") == "실패: x", environment
        for environment in (
            {},
            {"LANG": "en_US.UTF-8"},
            {"MATCHDOWN_LANGUAGE": "../ko"},
            {"LC_ALL": "C", "LANG": "ko"},
        ):
            text.choose_language(environment)
            assert text.t("Failed: {0}", "x") == "Failed: x", environment
    finally:
        text.choose_language({})


def what_is_not_deterministic_is_told_in_a_sentence():
    error = RuntimeError(
        "median CUDA with indices output does not have a deterministic implementation, but you set "
        "'torch.use_deterministic_algorithms(True)'. You can turn off determinism"
    )
    told = failure.sentence(error, Path())
    assert told.endswith("median CUDA with indices output does not have a deterministic implementation."), told
    assert not failure.is_unexpected(error)


for name, test in list(globals().items()):
    if isinstance(test, types.FunctionType) and test.__module__ == "__main__" and test.__code__.co_argcount == 0:
        try:
            test()
        except Exception as error:
            raise AssertionError(name.replace("_", " ")) from error
