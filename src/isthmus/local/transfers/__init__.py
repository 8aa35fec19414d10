"""The transfer jobs that Terraform defines, run on this machine by their own schedules.

Storage Transfer copies from S3 to Cloud Storage, DataSync the other way. Neither has a stand-in, so the definitions
are read out of the applied states and carried out by the archive's own repair: the same prefixes, age, direction and
schedule. What a definition asks for that can't be done so is refused with its name, never left out.
"""
