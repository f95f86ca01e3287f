%% The table that OTP's logger keeps its configuration in is not there.
-module(logger).

tid() -> logger.
