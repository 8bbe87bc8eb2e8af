/**
 * Imported before anything else: a URL among the arguments may hold a password, and every user of the machine can read
 * them. On Linux a new title overwrites the memory that `ps` and /proc/PID/cmdline show.
 */
const command = process.argv[2] ?? '';
process.title = /^[a-z]+$/.test(command) ? `airglow ${command}` : 'airglow';
