%% Writes are not delayed: OTP's buffer before a file keeps what it holds for two seconds in a process, and the page's
%% files are in memory anyway.
-module(raw_file_io).

match_delayed(_Option) -> false.
