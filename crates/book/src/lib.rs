//! `book`
