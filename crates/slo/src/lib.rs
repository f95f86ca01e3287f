//! Service levels of a roundtrip: samples, histograms, objectives and reports. No clock, no browser.
