//! What a process takes of the machine, as the kernel counts it.

use std::time::Duration;

use procfs::process::Process;
use procfs::{Current as _, LoadAverage};

/// Memory of one process, in bytes.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Memory {
    /// What it has in RAM now (`VmRSS`).
    pub(crate) now: u64,
    /// The most it ever had (`VmHWM`).
    pub(crate) peak: u64,
}

/// The memory of a process.
pub(crate) fn memory(pid: u32) -> Result<Memory, String> {
    let status = process(pid)?.status().map_err(|error| unreadable(pid, &error))?;
    let bytes = |kib: Option<u64>| kib.unwrap_or_default() * 1024;
    Ok(Memory { now: bytes(status.vmrss), peak: bytes(status.vmhwm) })
}

/// The processor time that a process has used since it was started, of itself and for it in the kernel.
pub(crate) fn processor_time(pid: u32) -> Result<Duration, String> {
    let stat = process(pid)?.stat().map_err(|error| unreadable(pid, &error))?;
    let ticks = stat.utime + stat.stime;
    Ok(Duration::from_secs_f64(ticks as f64 / procfs::ticks_per_second() as f64))
}

/// How many processes wanted a processor at a time, on average over the last minute and five minutes.
pub(crate) fn load() -> Option<(f32, f32)> {
    LoadAverage::current().ok().map(|load| (load.one, load.five))
}

fn process(pid: u32) -> Result<Process, String> {
    let number = i32::try_from(pid).map_err(|_| format!("{pid} is no process"))?;
    Process::new(number).map_err(|error| unreadable(pid, &error))
}

fn unreadable(pid: u32, error: &procfs::ProcError) -> String {
    format!("what process {pid} takes can't be read: {error}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_takes_memory_and_time() {
        let own = std::process::id();
        let memory = memory(own).unwrap();
        assert!(memory.now > 100_000 && memory.peak >= memory.now, "{memory:?}");
        let before = processor_time(own).unwrap();
        let mut sum = 0_u64;
        while processor_time(own).unwrap() == before {
            sum = std::hint::black_box(sum.wrapping_add(1));
        }
    }
}
