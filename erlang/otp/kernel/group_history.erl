%% OTP keeps the shell's history in a log on disk; here it lasts as long as the shell.
-module(group_history).
-overlay(whole).
-export([load/0, add/1]).

load() -> [].
add(_Line) -> ok.
