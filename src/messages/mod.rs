//! The words of all problems, in Chinese and English: embedded TOML, one table a code.
