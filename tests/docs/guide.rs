//! The guide for theme makers, followed word by word.
